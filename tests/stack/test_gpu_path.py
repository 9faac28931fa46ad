"""The GPU path with workers of known cost: as fast and as cheap as packing makes it. `make bench` has the table."""

from __future__ import annotations

import pytest

from gpu.batch.execution_time import Timing
from tests.bench.bound import World
from tests.bench.gpu_path import Row, RowResult, measure

pytestmark = pytest.mark.stack
KNOWN = Timing(0.0, 1000.0, samples=2.0)
"""Of cold starts: the app learns it from calls that find the endpoint without a worker."""


@pytest.mark.parametrize(
    "world",
    [
        World(12, 0.125, 3, 3, "queue_delay:4"),
        World(14, 0.2, 1, 2, "request_count:1", cold_start=1.0, idle_timeout=5.0),
    ],
    ids=["three warm workers", "one warm and one cold worker"],
)
async def test_frames_come_back_nearly_as_soon_and_as_cheaply_as_any_packing_could_have_them(world: World) -> None:
    async def found() -> RowResult:
        return await measure(Row("", world), rounds=1, baselines=False, known=KNOWN)

    # Once more if need be: the figure is about our code, not about what else the machine does.
    measured = await found()
    if not (measured.in_time and measured.in_cost):
        measured = await found()
    assert measured.in_time, f"{measured.ours:.2f} s where {measured.bound:.2f} s is the least"
    assert measured.in_cost, f"{measured.worker_seconds:.2f} worker-seconds where {measured.least:.2f} is the least"
