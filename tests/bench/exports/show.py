"""`make bench-export`: every platform's rules on thirty animations, and ours beside two peers on some of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2

from animations.encode.platforms import PLATFORMS
from tests.bench.exports.animations import BESIDE
from tests.bench.exports.environment import peers_python
from tests.bench.exports.resource_rows import Bound, measure_bounds
from tests.bench.exports.rows import Row, RowKey, left_to_measure, measure_row, read_rows, results, write_row
from tests.bench.exports.table import page, targets_missed
from tests.bench.local import ONE_THREAD, ROOT

PAGE = ROOT / "docs" / "bench" / "exports.md"
PROCESSES = 2


def show(text: str = "", *, beside_only: bool = False, path: Path = PAGE) -> int:
    """Measure the rows whose name holds `text`, write the page if all are; return 1 if one misses.

    A run of all that was ended is taken up where it was, at the same commit.
    """
    wanted = [
        (animation, slug)
        for animation, beside in BESIDE.items()
        for slug in (beside if beside_only else PLATFORMS)
        if text in f"{animation.name} {slug}"
    ]
    kept = None if text else results()
    rows = read_rows(kept) if kept else []
    for row in measure(left_to_measure(wanted, rows)):
        rows.append(row)
        if kept:
            write_row(row, kept)
        sys.stdout.write(line(row) + "\n")
        sys.stdout.flush()
    bounds = [] if text else bounds_in_process()
    if kept:
        path.write_text(page(rows, bounds))
        kept.unlink(missing_ok=True)
    missed = targets_missed(rows, bounds)
    sys.stdout.write("".join(f"MISSED: {each}\n" for each in missed))
    return 1 if missed else 0


def measure(wanted: Sequence[RowKey]) -> Iterator[Row]:
    """Measure these rows, two at a time, and yield each."""
    peers_python()
    with _pool(PROCESSES) as pool:
        yield from pool.map(_measured, wanted)


def bounds_in_process() -> list[Bound]:
    """Measure the bounds, alone."""
    with _pool(1) as pool:
        return pool.submit(measure_bounds).result()


def _pool(count: int) -> ProcessPoolExecutor:
    os.environ |= ONE_THREAD
    return ProcessPoolExecutor(count, get_context("spawn"), cv2.setNumThreads, (1,))


def _measured(wanted: RowKey) -> Row:
    return measure_row(*wanted)


def line(row: Row) -> str:
    """Return a row as one line for people who wait."""
    sides = [
        f"{name} {side.score:7.2f} edge {side.edge:5.1f} {side.bytes / 1000:6.1f} kB {side.seconds:5.2f} s"
        f"{'' if side.obeys else ' BREAKS ' + '; '.join(side.broken)}"
        for name, side in row.sides.items()
    ]
    return f"{row.animation:18} {row.platform:17} " + " | ".join(sides or [f"refused: {row.refused}"])
