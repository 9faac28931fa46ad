"""The GPU path's table: the same frames, sent in four ways, beside the least that any packing could take."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from gpu.batch.execution_time import COLD_START, Timing, prior
from tests.bench import columns
from tests.bench.bound import World, bound, least_worker_seconds
from tests.bench.local import Bench, endpoint

TIME_TARGET: Final = (1.15, 0.25)
"""Ours must be done within the bound times this plus so many seconds."""
COST_TARGET: Final = 1.2
"""Ours must cost at most this times the least of any packing with its wall-clock."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Without `baselines` only ours is run: the others do not depend on what sets it apart."""

    name: str
    world: World
    baselines: bool = True


COLD: Final = {"cold_start": 5.0, "idle_timeout": 5.0}
ROWS: Final = (
    Row("1 warm, 30 × 50 ms", World(30, 0.05, 1, 1, "queue_delay:4")),
    Row("3 warm, 30 × 50 ms", World(30, 0.05, 3, 3, "queue_delay:4")),
    Row("3 cold (5 s), 30 × 50 ms", World(30, 0.05, 0, 3, "request_count:1", **COLD)),
    Row("3 cold (5 s), 30 × 50 ms", World(30, 0.05, 0, 3, "queue_delay:4", **COLD), baselines=False),
    Row("1 warm + 2 cold (5 s), 60 × 200 ms", World(60, 0.2, 1, 3, "request_count:1", **COLD)),
    Row("1 warm + 2 cold (5 s), 60 × 200 ms", World(60, 0.2, 1, 3, "queue_delay:4", **COLD), baselines=False),
    Row("3 warm, 30 × 1 s", World(30, 1.0, 3, 3, "queue_delay:4")),
)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What a row came to, in seconds; a column that was not run is None."""

    row: Row
    serial: float | None
    gather: float | None
    sdk: float | None
    ours: float
    worst: float
    bound: float
    worker_seconds: float
    least: float

    @property
    def in_time(self) -> bool:
        return self.ours <= self.bound * TIME_TARGET[0] + TIME_TARGET[1]

    @property
    def in_cost(self) -> bool:
        return self.worker_seconds <= self.least * COST_TARGET


async def show(rounds: int, only: str) -> int:
    """Print the table; 1 when a row misses a target, else 0."""
    sys.stdout.write(f"\nGPU path, wall-clock in seconds, {os.cpu_count()} cores; ours: median of {rounds} (worst)\n")
    head = f"{'':36}{'scaler':17}{'serial':>8}{'gather':>8}{'SDK':>8}{'ours':>8}{'(worst)':>9}{'bound':>8}"
    sys.stdout.write(f"{head}{'w·s':>8}{'least':>8}\n")
    found = []
    for row in ROWS:
        if only in f"{row.name} {row.world.scaler}":
            found.append(await measure(row, rounds))
            sys.stdout.write(_line(found[-1]))
            sys.stdout.flush()
    sys.stdout.write("w·s: worker-seconds of ours; least: of any packing with that wall-clock\n")
    return 0 if all(one.in_time and one.in_cost for one in found) else 1


async def measure(row: Row, rounds: int, baselines: bool = True, known: Timing | None = None) -> RowResult:
    """Measure every column of one row, on one endpoint. Our first run only learns. `known`: what cold starts take."""
    limit = await asyncio.to_thread(bound, row.world)
    known = known or await _cold_start(row.world)
    with endpoint(row.world) as bench:
        serial, gather, sdk = await _baselines(bench) if row.baselines and baselines else (None, None, None)
        ours, times, costs = columns.OurDelivery(row.world, cold=known), [], []
        for _ in range(rounds + 1):
            await bench.settled()
            begun = time.time()
            taken, _ = await ours.run(bench)
            times.append(taken)
            costs.append(await bench.worker_seconds(begun))
    wall = median(times[1:])
    least = least_worker_seconds(row.world, wall)
    return RowResult(row, serial, gather, sdk, wall, max(times[1:]), limit, median(costs[1:]), least)


async def _cold_start(world: World) -> Timing:
    """Return what the app has learned of cold starts from calls that found the endpoint without a worker."""
    if not world.cold_start:
        return prior(COLD_START)
    empty = replace(world, frames=1, warm=0, most=1)
    with endpoint(empty) as bench:
        await bench.settled()
        ours = columns.OurDelivery(empty)
        await ours.run(bench)
    return ours.cold


async def _baselines(bench: Bench) -> tuple[float, float, float]:
    await bench.settled()
    serial = await columns.one_after_another(bench)
    await bench.settled()
    gather = await columns.all_at_once(bench)
    await bench.settled()
    return serial, gather, await columns.sdk(bench)


def _line(found: RowResult) -> str:
    others = "".join(
        f"{value:8.2f}" if value is not None else f"{'–':>8}" for value in (found.serial, found.gather, found.sdk)
    )
    ours = f"{found.ours:8.2f}{f'({found.worst:.2f})':>9}{found.bound:8.2f}"
    cost = f"{found.worker_seconds:8.2f}{found.least:8.2f}"
    missed = ("" if found.in_time else "  LATE") + ("" if found.in_cost else "  DEAR")
    return f"{found.row.name:36}{found.row.world.scaler:17}{others}{ours}{cost}{missed}\n"
