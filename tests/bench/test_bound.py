"""The bench's own simulator, by hand, and the planner held against it."""

from __future__ import annotations

import pytest

from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet, Scaler
from gpu.batch.planner import FrameCost, plan
from tests.bench.bound import World, bound, compositions, least_worker_seconds, packings, simulate

WARM = World(30, 0.05, 1, 1, "queue_delay:4")
FEW = World(8, 0.05, 1, 1, "queue_delay:4")
COLD = World(12, 0.2, 1, 3, "request_count:1", cold_start=1.0, idle_timeout=2.0)


def test_a_worker_looks_for_its_next_job_at_whole_seconds() -> None:
    assert simulate([30], WARM).wall == pytest.approx(1.5)
    assert simulate([15, 15], WARM).wall == pytest.approx(1.75)
    assert simulate([1] * 30, WARM).wall == pytest.approx(29.05)


def test_workers_that_are_started_cost_their_whole_life() -> None:
    wall, cost = simulate([8, 2, 2], COLD)
    assert wall == pytest.approx(1.6)
    assert cost == pytest.approx(1.6 + 2 * (1.0 + 0.4 + 2.0))


def test_a_queue_delay_scaler_wakes_one_worker_at_once_and_the_others_for_late_jobs() -> None:
    world = World(30, 0.05, 0, 3, "queue_delay:4", cold_start=5.0, idle_timeout=1.0)
    assert simulate([30], world) == pytest.approx((6.5, 7.5))
    # The first is ready at 5 and takes all three, a second apart; two more are asked for at 4 and come for nothing.
    assert simulate([10, 10, 10], world) == pytest.approx((7.5, 8.5 + 2 * (5.0 + 1.0)))


def test_every_way_to_cut_the_frames_is_tried() -> None:
    assert sorted(compositions(4, 2)) == [[1, 3], [2, 2], [3, 1]]
    assert len(list(packings(6))) == 2**5
    assert all(sum(sizes) == 20 for sizes in packings(20))
    assert max(len(sizes) for sizes in packings(20)) == 20


def test_the_bound_is_the_least_of_all() -> None:
    assert bound(FEW) == pytest.approx(0.4)
    assert bound(COLD) == pytest.approx(1.6)
    assert least_worker_seconds(COLD, 1.6) == pytest.approx(simulate([8, 2, 2], COLD).worker_seconds)
    assert least_worker_seconds(COLD, 2.4) == pytest.approx(2.4)


@pytest.mark.parametrize("scaler", ["request_count:1", "request_count:2", "queue_delay:1"])
@pytest.mark.parametrize(("warm", "most"), [(0, 1), (0, 3), (1, 3), (2, 4), (3, 3)])
@pytest.mark.parametrize(("frames", "seconds"), [(9, 0.05), (10, 0.4), (11, 1.1)])
def test_the_plan_is_as_good_as_the_best_of_all_packings(
    scaler: str, warm: int, most: int, frames: int, seconds: float
) -> None:
    """Played through the bench's simulator, not the planner's: within the issue's limits for time and for cost."""
    world = World(frames, seconds, warm, most, scaler, cold_start=2.0, idle_timeout=1.0)
    fleet = Fleet(warm, (), most - warm, Scaler.parse(scaler), 2.0, 1.0)
    found = plan([FrameCost()] * frames, fleet, Timing(seconds * 1000, 1.0))
    wall, cost = simulate([len(pack.frames) for pack in found.packs], world)
    assert found.makespan == pytest.approx(wall, abs=0.05)
    assert wall <= bound(world) * 1.15 + 0.25
    assert cost <= least_worker_seconds(world, wall) * 1.2
