"""The packing of frames into calls: what is asked for, and why it is the best."""

from __future__ import annotations

from itertools import combinations

import pytest

from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet, Scaler
from gpu.batch.planner import MAX_CALL_SECONDS, TIE_TOLERANCE, FrameCost, Plan, fits, plan
from gpu.contract import MAX_IMAGES, RUN_BODY_LIMIT

FRAME_50 = Timing(50.0, 100.0)
FRAME_200 = Timing(200.0, 100.0)
COUNT = Scaler("request_count", 1)


def frames(count: int, **cost: float) -> list[FrameCost]:
    return [FrameCost(**cost)] * count  # type: ignore[arg-type]


def sizes(found: Plan) -> list[int]:
    return [len(pack.frames) for pack in found.packs]


def all_once(found: Plan, count: int) -> bool:
    return sorted(index for pack in found.packs for index in pack.frames) == list(range(count))


def test_one_warm_worker_gets_everything_in_one_call() -> None:
    found = plan(frames(30), Fleet(idle=1, startable=0), FRAME_50)
    assert sizes(found) == [30]
    assert found.makespan == pytest.approx(1.6)
    assert found.worker_seconds == pytest.approx(1.6)


def test_warm_workers_share_alike() -> None:
    found = plan(frames(31), Fleet(idle=3, startable=0), FRAME_50)
    assert sorted(sizes(found)) == [10, 10, 11]
    assert found.makespan == pytest.approx(0.65)


def test_a_frame_is_in_one_pack_and_packs_hold_neighbours() -> None:
    found = plan(frames(31), Fleet(idle=3, startable=2, scaler=COUNT, cold_start=0.3), FRAME_50)
    assert all_once(found, 31)
    assert all(pack.frames == tuple(range(pack.frames[0], pack.frames[-1] + 1)) for pack in found.packs)


def test_a_warm_worker_gets_more_while_cold_ones_start() -> None:
    found = plan(frames(60), Fleet(idle=1, startable=2, scaler=COUNT, cold_start=5.0), FRAME_200)
    assert sizes(found) == [36, 12, 12]
    assert [pack.start for pack in found.packs] == pytest.approx([0.0, 5.0, 5.0])
    assert found.makespan == pytest.approx(7.5)


def test_a_busy_worker_gets_less() -> None:
    found = plan(frames(20), Fleet(idle=1, free_in=(2.0,), startable=0), FRAME_200)
    assert sizes(found) == [15, 5]
    assert found.packs[1].start == 2.0


def test_cold_workers_that_would_come_too_late_are_not_woken() -> None:
    found = plan(frames(20), Fleet(idle=1, startable=5, scaler=COUNT, cold_start=20.0), FRAME_200)
    assert sizes(found) == [20]
    assert found.worker_seconds == pytest.approx(4.1)


def test_a_queue_delay_scaler_wakes_the_first_worker_at_once_and_the_next_when_jobs_have_waited() -> None:
    fleet = Fleet(startable=3, scaler=Scaler("queue_delay", 4.0), cold_start=5.0)
    found = plan(frames(60), fleet, Timing(1000.0, 100.0))
    assert sorted({pack.start for pack in found.packs})[:2] == [5.0, 9.0]
    short = plan(frames(30), fleet, FRAME_50)
    assert sizes(short) == [30]
    assert short.makespan == pytest.approx(6.6)


def test_a_request_count_scaler_is_sent_as_many_jobs_as_it_wants_for_each_worker() -> None:
    found = plan(frames(60), Fleet(startable=2, scaler=Scaler("request_count", 2), cold_start=5.0), Timing(1000.0))
    assert len(found.packs) >= 3
    assert found.makespan < 60


def test_the_cheaper_of_two_plans_that_end_together_wins() -> None:
    fleet = Fleet(idle=0, startable=3, scaler=COUNT, cold_start=20.0, idle_timeout=5.0)
    found = plan(frames(10), fleet, FRAME_50)
    assert sizes(found) == [10]
    assert found.worker_seconds == pytest.approx(20 + 0.6 + 5)
    assert found.makespan == pytest.approx(20.6)


def test_jobs_of_others_go_first() -> None:
    found = plan(frames(10), Fleet(idle=1, startable=0, queue_ahead=(2.5,)), FRAME_50)
    assert found.packs[0].start == pytest.approx(3.0)  # the worker looks at whole seconds
    assert found.makespan == pytest.approx(3.6)


def test_an_endpoint_without_workers_is_planned_for_as_if_it_had_one() -> None:
    found = plan(frames(3), Fleet(startable=0, cold_start=7.0), FRAME_50)
    assert (sizes(found), found.packs[0].start) == ([3], 7.0)


def test_nothing_needs_no_calls() -> None:
    assert plan([], Fleet(), FRAME_50) == Plan((), 0.0, 0.0)


def test_no_pack_is_over_the_limit_of_a_body() -> None:
    megabyte = frames(20, sent_bytes=1_000_000)
    found = plan(megabyte, Fleet(idle=1, startable=0), FRAME_50)
    assert all_once(found, 20)
    assert all(fits(megabyte[index] for index in pack.frames) for pack in found.packs)
    assert max(sizes(found)) <= 7


def test_no_pack_is_expected_to_answer_with_more_than_the_limit() -> None:
    found = plan(frames(20, returned_bytes=2_000_000), Fleet(idle=1, startable=0), FRAME_50)
    assert max(sizes(found)) <= 3


def test_a_frame_over_the_limit_goes_alone() -> None:
    costs = [FrameCost(sent_bytes=10), FrameCost(sent_bytes=9_000_000), FrameCost(sent_bytes=10)]
    found = plan(costs, Fleet(idle=1, startable=0), FRAME_50)
    assert (1,) in [pack.frames for pack in found.packs]
    assert all_once(found, 3)


def test_sizes_are_counted_in_base64() -> None:
    assert fits(frames(MAX_IMAGES))
    assert not fits(frames(MAX_IMAGES + 1))
    assert fits([FrameCost(sent_bytes=RUN_BODY_LIMIT * 3 // 4 - 100_000)])
    assert not fits([FrameCost(sent_bytes=RUN_BODY_LIMIT * 3 // 4)])
    assert not fits([FrameCost(returned_bytes=RUN_BODY_LIMIT * 3 // 4)])


def test_large_bodies_arrive_later() -> None:
    found = plan(frames(6, sent_bytes=1_000_000), Fleet(idle=1, startable=0), FRAME_50)
    assert found.packs[0].start == pytest.approx(0.8, abs=0.01)


def test_heavier_frames_are_shared_by_weight() -> None:
    costs = [FrameCost(weight=4.0)] * 4 + [FrameCost(weight=1.0)] * 16
    found = plan(costs, Fleet(idle=2, startable=0), Timing(100.0, 0.0))
    assert sizes(found) == [4, 16]
    assert found.makespan == pytest.approx(1.6)


def test_equal_input_gives_an_equal_plan() -> None:
    fleet = Fleet(idle=2, free_in=(0.5, 1.5), startable=3, scaler=COUNT, cold_start=3.0)
    assert plan(frames(47), fleet, FRAME_200) == plan(frames(47), fleet, FRAME_200)


@pytest.mark.parametrize("free_in", [(0.0, 0.0), (0.0, 1.3), (0.4, 2.0, 2.5)])
def test_no_other_way_to_share_the_frames_ends_sooner(free_in: tuple[float, ...]) -> None:
    """Try every composition of 14 frames over the workers, by arithmetic of its own."""
    found = plan(frames(14), Fleet(free_in=free_in, startable=0), FRAME_200)
    best = min(
        max(at + 0.1 + 0.2 * size for at, size in zip(free_in, shares, strict=False))
        for count in range(1, len(free_in) + 1)
        for cuts in combinations(range(1, 14), count - 1)
        for shares in [[high - low for low, high in zip((0, *cuts), (*cuts, 14), strict=True)]]
    )
    assert best - 1e-9 <= found.makespan <= best * (1 + TIE_TOLERANCE[0]) + TIE_TOLERANCE[1]


def test_no_call_of_several_frames_lasts_so_long_that_a_watcher_sees_a_standstill() -> None:
    found = plan(frames(30), Fleet(idle=2, startable=0), Timing(4000.0, 100.0))
    assert {len(pack.frames) for pack in found.packs} == {1, 2}, "three would take 12.1 s"
    found = plan(frames(30), Fleet(idle=2, startable=0), Timing(1500.0, 100.0))
    assert max(pack.finish - pack.start for pack in found.packs) <= MAX_CALL_SECONDS
    assert max(len(pack.frames) for pack in found.packs) == 5
    slow = plan(frames(4), Fleet(idle=2, startable=0), Timing(20_000.0, 100.0))
    assert [len(pack.frames) for pack in slow.packs] == [1, 1, 1, 1]
