from __future__ import annotations

from gpu_worker.emulator.http.rate_limits import AT_ONCE, PER_WINDOW, Rates
from tests.gpu_worker.emulator.clock import Clock


def empty() -> int:
    return 0


def ask(rates: Rates, operation: str, queued: int = 0) -> bool:
    admitted = rates.enter(operation, lambda: queued)
    if admitted:
        rates.leave(operation)
    return admitted


def test_so_many_in_ten_seconds_and_no_more() -> None:
    clock = Clock()
    rates = Rates(3, clock)
    assert all(ask(rates, "run") for _ in range(PER_WINDOW["run"]))
    assert not ask(rates, "run")
    assert ask(rates, "status")
    clock.now += 9.9
    assert not ask(rates, "run")
    clock.now += 0.2
    assert ask(rates, "run")


def test_so_many_at_once_and_no_more() -> None:
    rates = Rates(3, Clock())
    assert all(rates.enter("cancel", empty) for _ in range(AT_ONCE["cancel"]))
    assert not rates.enter("cancel", empty)
    rates.leave("cancel")
    assert rates.enter("cancel", empty)


def test_an_operation_without_a_limit_is_always_admitted() -> None:
    rates = Rates(1, Clock())
    assert all(rates.enter("health", empty) for _ in range(5000))


def test_a_queue_that_is_too_long_takes_no_more() -> None:
    none, two = Rates(0, Clock()), Rates(2, Clock())
    assert ask(none, "run", 50)
    assert not ask(none, "run", 51)
    assert ask(two, "runsync", 1000)
    assert not ask(two, "runsync", 1001)
    assert ask(two, "status", 1001)


def test_cleared_rates_start_again() -> None:
    rates = Rates(1, Clock())
    assert [ask(rates, "purge-queue") for _ in range(3)] == [True, True, False]
    rates.clear()
    assert ask(rates, "purge-queue")
