"""A ledger that notes costs, and states of a breaker, for the tests of one call."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

import pytest

from gpu.call.breaker import FAILURES_TO_OPEN, BreakerState, after_failure
from gpu.errors import GpuError, TransportError, WorkerCrashed
from gpu.ledger import UNTIMED, CallRecord, MemoryLedger, Timings
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import Health
from tests.gpu.conftest import Clock

PATIENT = CallPolicy(deadline=300.0)
NOW = 1_000_000.0
CRASH = WorkerCrashed("internal", "boom")
DOWN = TransportError("no route")


class AllIds(Container[str]):
    """Every id there is."""

    def __contains__(self, remote_id: object) -> bool:
        return True


@dataclass
class CostRecordingLedger(MemoryLedger):
    """A ledger that notes what each call was said to have cost, by attempt."""

    clock: Clock
    recorded: dict[int, tuple[str, Timings]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.clock.now)

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        self.recorded[record.attempt] = (error.code, timings)
        return await super().mark_failed(record, error, timings)

    async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        self.recorded[record.attempt] = ("cancelled", timings)
        return await super().mark_cancelled(record, timings)

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        self.recorded[record.attempt] = ("uncertain", timings)
        return await super().resend(record, timings)


def estimated(seconds: float) -> Timings:
    return Timings(None, pytest.approx(seconds * 1000, abs=1), estimated=True)  # type: ignore[arg-type]


def statuses(ledger: MemoryLedger) -> list[str]:
    return [row.status for row in ledger.rows]


def broken(error: GpuError = DOWN, now: float = NOW) -> BreakerState:
    """Make a breaker after as many failures as open it."""
    state = BreakerState()
    for _ in range(FAILURES_TO_OPEN):
        state = after_failure(state, error, now)
    return state


def health(queue: int = 0, **workers: int) -> Health:
    return Health({"inQueue": queue}, workers)
