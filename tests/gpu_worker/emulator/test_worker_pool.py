from __future__ import annotations

import pytest

from gpu_worker.emulator.billing import Billing
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.worker_pool import FIRST_BACKOFF_S, STABLE_S, WorkerPool
from tests.gpu_worker.emulator.clock import ManualClock

NONE = dict.fromkeys(("idle", "initializing", "ready", "running", "throttled", "unhealthy"), 0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def billing(clock: ManualClock) -> Billing:
    return Billing(clock=clock)


@pytest.fixture
def pool(clock: ManualClock, billing: Billing) -> WorkerPool:
    return WorkerPool(Options(max_workers=2, cold_start=5.0), billing, clock)


def test_a_worker_is_ready_from_its_first_request_after_the_cold_start(
    pool: WorkerPool, clock: ManualClock, billing: Billing
) -> None:
    pool.start("w1", 0)
    clock.now += 4
    assert not pool.request_job("w1")
    assert pool.seconds_until_open("w1") == 1.0
    assert pool.counts(set()) == NONE | {"initializing": 1}
    clock.now += 1
    assert pool.seconds_until_open("w1") == 0.0
    assert pool.request_job("w1")
    assert pool.counts(set()) == NONE | {"ready": 1, "idle": 1}
    assert pool.counts({"w1"}) == NONE | {"ready": 1, "running": 1}
    reported = billing.report()["workers"][0]
    assert reported["ready"] - reported["asked"] == pytest.approx(5.0)


def test_a_stranger_gets_no_job(pool: WorkerPool) -> None:
    assert not pool.is_known("w-of-yesterday")
    assert not pool.request_job("w-of-yesterday")
    assert pool.seconds_until_open("w-of-yesterday") == float("inf")
    pool.start("w1", 0)
    assert pool.is_known("w1")


def test_a_lost_worker_leaves_its_slot_unhealthy_for_a_while(pool: WorkerPool, clock: ManualClock) -> None:
    pool.start("w1", 0)
    clock.now += 6
    pool.request_job("w1")
    assert pool.record_death("w1") == FIRST_BACKOFF_S
    assert pool.counts(set()) == NONE | {"unhealthy": 1}
    assert pool.open_slots() == [1]
    clock.now += FIRST_BACKOFF_S
    assert pool.open_slots() == [0, 1]
    pool.start("w2", 0)
    assert pool.counts(set()) == NONE | {"initializing": 1}


def test_a_slot_whose_workers_die_before_they_are_ready_stays_unhealthy(pool: WorkerPool, clock: ManualClock) -> None:
    pauses = []
    for number in range(8):
        pool.start(f"w{number}", 0)
        assert pool.counts(set())["unhealthy"] == (number > 0)
        pauses.append(pool.record_death(f"w{number}"))
        clock.now += Options().longest_rest
        assert pool.counts(set()) == NONE | {"unhealthy": 1}
    assert pauses == [0.5, 1, 2, 4, 8, 16, Options().longest_rest, Options().longest_rest]
    pool.start("sound", 0)
    clock.now += STABLE_S + 1
    pool.request_job("sound")
    assert pool.counts(set())["unhealthy"] == 0
    assert pool.record_death("sound") == FIRST_BACKOFF_S


def test_a_slot_is_open_and_healthy_once_its_failures_are_forgotten(pool: WorkerPool) -> None:
    pool.start("w1", 0)
    pool.record_death("w1")
    pool.forget_failures()
    assert pool.open_slots() == [0, 1]
    assert pool.counts(set()) == NONE
    pool.start("w2", 0)
    assert pool.record_death("w2") == FIRST_BACKOFF_S


def test_a_removed_worker_leaves_a_healthy_slot(pool: WorkerPool, clock: ManualClock, billing: Billing) -> None:
    pool.start("w1", 1)
    clock.now += 6
    pool.remove("w1")
    assert pool.counts(set()) == NONE
    assert pool.open_slots() == [0, 1]
    assert not pool.is_known("w1")
    clock.now += 6
    assert billing.report()["worker_seconds"] == 6.0


def test_throttled_slots_do_not_open_until_released(pool: WorkerPool) -> None:
    pool.throttled = 1
    assert pool.open_slots() == [0]
    assert pool.counts(set()) == NONE | {"throttled": 1}
    pool.throttled = 9
    assert pool.open_slots() == []
    assert pool.counts(set())["throttled"] == 2
    pool.throttled = 0
    assert pool.open_slots() == [0, 1]


def test_a_spare_counts_for_nothing_until_it_gets_a_slot(
    pool: WorkerPool, clock: ManualClock, billing: Billing
) -> None:
    for spare in ("slow", "quick"):
        pool.add_spare(spare)
    assert pool.is_known("quick")
    assert not pool.request_job("quick")
    assert (pool.spares(), pool.loaded_spares()) == (["quick", "slow"], 1)
    assert pool.counts(set()) == NONE
    assert billing.report()["workers"] == []
    pool.start("quick", 0)
    assert pool.spares() == ["slow"]
    clock.now += 5
    assert pool.request_job("quick")
    assert [worker.id for worker in pool.live()] == ["quick"]
    assert pool.remove_spare("slow")
    assert not pool.remove_spare("slow")
