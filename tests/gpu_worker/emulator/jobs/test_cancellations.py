from __future__ import annotations

from gpu_worker.emulator.jobs.cancellations import Cancellations
from tests.gpu_worker.emulator.clock import ManualClock


def test_a_cancellation_repeats_each_second_until_the_worker_is_free() -> None:
    clock = ManualClock()
    cancellations = Cancellations(clock)
    cancellations.add("w1", "j1")
    assert cancellations.due("w1") == ["j1"]
    assert cancellations.due("w1") == []
    clock.now += 1
    assert cancellations.due("w1") == ["j1"]
    cancellations.forget("w1")
    clock.now += 1
    assert cancellations.due("w1") == []


def test_a_cancellation_is_overdue_however_often_it_was_sent() -> None:
    clock = ManualClock()
    cancellations = Cancellations(clock)
    cancellations.add("w1", "j1")
    clock.now += 4
    cancellations.due("w1")
    cancellations.add("w1", "j1")
    assert cancellations.overdue(5) == []
    clock.now += 1
    assert cancellations.overdue(5) == ["w1"]
    cancellations.forget("w1")
    assert cancellations.overdue(5) == []
