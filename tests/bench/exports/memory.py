"""The memory of an export's worker and its work-horse: sixty frames of noise at 512 px, in every container.

`python -m tests.bench.exports.memory SLUG` loads what a worker loads, forks as it does, and prints the peaks in MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

import psutil

from animations.imaging.arrays import Frame
from tests.bench.local import ROOT

SIDE, COUNT = 512, 60
LIMIT_MB: Final = 300
LOOK_S: Final = 0.01


def measure_memory(slug: str) -> tuple[float, float]:
    """Return the peaks of one export in MB: of the worker, its horse and that one's children, and of the horse."""
    command = [sys.executable, "-m", "tests.bench.exports.memory", slug]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600)
    together, horse = done.stdout.split()[-2:]
    return float(together), float(horse)


def main(slug: str) -> None:
    """Load, fork, export in the child and watch both from here."""
    import django

    from emojiforge import worker

    django.setup()
    worker.preload()
    horse = os.fork()
    if not horse:
        _export(slug)
        os._exit(0)
    peak = largest = 0
    while os.waitpid(horse, os.WNOHANG) == (0, 0):
        try:
            running = psutil.Process(horse)
            family = [psutil.Process(), running, *running.children(recursive=True)]
            peak = max(peak, sum(process.memory_full_info().pss for process in family))
            largest = max(largest, running.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(LOOK_S)
    sys.stdout.write(f"{peak / 1e6:.0f} {largest / 1e6:.0f}\n")


def _export(slug: str) -> None:
    """Do what a work-horse does with an export, but for its rows."""
    from animations.encode.platforms import PLATFORMS
    from animations.work.exports.make_file import encode_file

    made = encode_file(_noise(), [50] * COUNT, PLATFORMS[slug])
    assert made.report.ok, made.report.checks


def _noise() -> Iterator[Frame]:
    import numpy as np

    for number in range(COUNT):
        yield np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 4), dtype=np.uint8)


if __name__ == "__main__":
    main(sys.argv[1])
