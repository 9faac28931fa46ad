from __future__ import annotations

import pytest

from gpu_worker.emulator.billing import Meter
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.workers.pool import FIRST_PAUSE_S, STEADY_S, Roster
from tests.gpu_worker.emulator.clock import Clock

NONE = dict.fromkeys(("idle", "initializing", "ready", "running", "throttled", "unhealthy"), 0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(clock=clock)


@pytest.fixture
def roster(clock: Clock, meter: Meter) -> Roster:
    return Roster(Options(max_workers=2, cold_start=5.0), meter, clock)


def test_a_worker_is_ready_from_its_first_look_after_the_cold_start(
    roster: Roster, clock: Clock, meter: Meter
) -> None:
    roster.starting("w1", 0)
    clock.now += 4
    assert not roster.looks_for_job("w1")
    assert roster.opens_in("w1") == 1.0
    assert roster.counts(set()) == NONE | {"initializing": 1}
    clock.now += 1
    assert roster.opens_in("w1") == 0.0
    assert roster.looks_for_job("w1")
    assert roster.counts(set()) == NONE | {"ready": 1, "idle": 1}
    assert roster.counts({"w1"}) == NONE | {"ready": 1, "running": 1}
    told = meter.report()["workers"][0]
    assert told["ready"] - told["asked"] == pytest.approx(5.0)


def test_a_stranger_is_no_worker(roster: Roster) -> None:
    assert not roster.known("w-of-yesterday")
    assert not roster.looks_for_job("w-of-yesterday")
    assert roster.opens_in("w-of-yesterday") == float("inf")
    roster.starting("w1", 0)
    assert roster.known("w1")


def test_a_lost_worker_leaves_its_slot_unhealthy_for_a_while(roster: Roster, clock: Clock) -> None:
    roster.starting("w1", 0)
    clock.now += 6
    roster.looks_for_job("w1")
    assert roster.lost("w1") == FIRST_PAUSE_S
    assert roster.counts(set()) == NONE | {"unhealthy": 1}
    assert roster.open_slots() == [1]
    clock.now += FIRST_PAUSE_S
    assert roster.open_slots() == [0, 1]
    roster.starting("w2", 0)
    assert roster.counts(set()) == NONE | {"initializing": 1}


def test_a_slot_whose_workers_die_before_they_are_ready_stays_unhealthy(roster: Roster, clock: Clock) -> None:
    pauses = []
    for number in range(8):
        roster.starting(f"w{number}", 0)
        assert roster.counts(set())["unhealthy"] == (number > 0)
        pauses.append(roster.lost(f"w{number}"))
        clock.now += Options().longest_rest
        assert roster.counts(set()) == NONE | {"unhealthy": 1}
    assert pauses == [0.5, 1, 2, 4, 8, 16, Options().longest_rest, Options().longest_rest]
    roster.starting("sound", 0)
    clock.now += STEADY_S + 1
    roster.looks_for_job("sound")
    assert roster.counts(set())["unhealthy"] == 0
    assert roster.lost("sound") == FIRST_PAUSE_S


def test_a_mended_slot_is_open_and_sound_again(roster: Roster) -> None:
    roster.starting("w1", 0)
    roster.lost("w1")
    roster.mend()
    assert roster.open_slots() == [0, 1]
    assert roster.counts(set()) == NONE
    roster.starting("w2", 0)
    assert roster.lost("w2") == FIRST_PAUSE_S


def test_a_worker_that_is_let_go_leaves_a_sound_slot(roster: Roster, clock: Clock, meter: Meter) -> None:
    roster.starting("w1", 1)
    clock.now += 6
    roster.stopping("w1")
    assert roster.counts(set()) == NONE
    assert roster.open_slots() == [0, 1]
    assert not roster.known("w1")
    clock.now += 6
    assert meter.report()["worker_seconds"] == 6.0


def test_throttled_slots_do_not_open_until_released(roster: Roster) -> None:
    roster.throttled = 1
    assert roster.open_slots() == [0]
    assert roster.counts(set()) == NONE | {"throttled": 1}
    roster.throttled = 9
    assert roster.open_slots() == []
    assert roster.counts(set())["throttled"] == 2
    roster.throttled = 0
    assert roster.open_slots() == [0, 1]


def test_a_worker_started_ahead_is_not_there_until_it_is_asked_for(
    roster: Roster, clock: Clock, meter: Meter
) -> None:
    for spare in ("slow", "quick"):
        roster.spare(spare)
    assert roster.known("quick")
    assert not roster.looks_for_job("quick")
    assert (roster.spares(), roster.spares_loaded()) == (["quick", "slow"], 1)
    assert roster.counts(set()) == NONE
    assert meter.report()["workers"] == []
    roster.starting("quick", 0)
    assert roster.spares() == ["slow"]
    clock.now += 5
    assert roster.looks_for_job("quick")
    assert [worker.id for worker in roster.live()] == ["quick"]
    assert roster.spare_lost("slow")
    assert not roster.spare_lost("slow")
