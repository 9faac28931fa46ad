from __future__ import annotations

from gpu_worker.emulator.rate_limits import AT_ONCE, PER_WINDOW, RateLimits
from tests.gpu_worker.emulator.clock import ManualClock


def empty() -> int:
    return 0


def try_request(limits: RateLimits, operation: str, queued: int = 0) -> bool:
    admitted = limits.acquire(operation, lambda: queued)
    if admitted:
        limits.release(operation)
    return admitted


def test_requests_over_the_limit_of_ten_seconds_are_rejected() -> None:
    clock = ManualClock()
    limits = RateLimits(3, clock)
    assert all(try_request(limits, "run") for _ in range(PER_WINDOW["run"]))
    assert not try_request(limits, "run")
    assert try_request(limits, "status")
    clock.now += 9.9
    assert not try_request(limits, "run")
    clock.now += 0.2
    assert try_request(limits, "run")


def test_requests_over_the_limit_at_once_are_rejected() -> None:
    limits = RateLimits(3, ManualClock())
    assert all(limits.acquire("cancel", empty) for _ in range(AT_ONCE["cancel"]))
    assert not limits.acquire("cancel", empty)
    limits.release("cancel")
    assert limits.acquire("cancel", empty)


def test_an_operation_without_a_limit_is_always_admitted() -> None:
    limits = RateLimits(1, ManualClock())
    assert all(limits.acquire("health", empty) for _ in range(5000))


def test_a_queue_that_is_too_long_rejects_jobs() -> None:
    none, two = RateLimits(0, ManualClock()), RateLimits(2, ManualClock())
    assert try_request(none, "run", 50)
    assert not try_request(none, "run", 51)
    assert try_request(two, "runsync", 1000)
    assert not try_request(two, "runsync", 1001)
    assert try_request(two, "status", 1001)


def test_cleared_limits_count_from_zero() -> None:
    limits = RateLimits(1, ManualClock())
    assert [try_request(limits, "purge-queue") for _ in range(3)] == [True, True, False]
    limits.clear()
    assert try_request(limits, "purge-queue")
