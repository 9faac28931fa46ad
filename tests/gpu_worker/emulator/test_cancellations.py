from __future__ import annotations

from gpu_worker.emulator.cancellations import Stops
from tests.gpu_worker.emulator.clock import Clock


def test_a_stop_is_told_again_each_second_until_the_worker_is_free() -> None:
    clock = Clock()
    stops = Stops(clock)
    stops.add("w1", "j1")
    assert stops.due("w1") == ["j1"]
    assert stops.due("w1") == []
    clock.now += 1
    assert stops.due("w1") == ["j1"]
    stops.forget("w1")
    clock.now += 1
    assert stops.due("w1") == []


def test_a_worker_is_deaf_when_it_does_not_stop_however_often_it_was_told() -> None:
    clock = Clock()
    stops = Stops(clock)
    stops.add("w1", "j1")
    clock.now += 4
    stops.due("w1")
    stops.add("w1", "j1")
    assert stops.deaf(5) == []
    clock.now += 1
    assert stops.deaf(5) == ["w1"]
    stops.forget("w1")
    assert stops.deaf(5) == []
