"""Ask the circuit breaker before a send, and tell it how calls went.

An app with many processes keeps the breaker's state in a row; `MemoryBreaker` is for one process.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Final, Protocol

from gpu.call.breaker import (
    BreakerState,
    after_admission,
    after_failure,
    after_health,
    after_submission,
    after_success,
    seconds_until_send,
)
from gpu.call.condition import describe_open
from gpu.clock import Clock, SystemClock
from gpu.errors import EndpointDown, GpuError
from gpu.runpod.responses import Health

log: Final = logging.getLogger(__name__)


class Breaker(Protocol):
    """The port to a breaker. Only `admit` and `require_not_open` may stop a call; errors of the others are let go."""

    async def admit(self) -> None:
        """Let one call be sent, or raise `EndpointDown`."""
        ...

    async def require_not_open(self) -> None:
        """Raise `EndpointDown` when there is no hope that a late call ends."""
        ...

    async def on_submitted(self) -> None:
        """Note that the endpoint has taken a job."""
        ...

    async def on_health(self, health: Health) -> None:
        """Note what the endpoint says of its workers and its queue."""
        ...

    async def on_finished(self, error: GpuError | None) -> None:
        """Note that a call is over, well (None) or not."""
        ...


class MemoryBreaker:
    """A breaker that lasts as long as the process."""

    def __init__(self, clock: Clock | None = None, state: BreakerState | None = None) -> None:
        self.state = state or BreakerState()
        self._now = (clock or SystemClock()).now

    async def admit(self) -> None:
        require_admission(self.state, self._now())
        self.state = after_admission(self.state, self._now())

    async def require_not_open(self) -> None:
        require_not_open(self.state, self._now())

    async def on_submitted(self) -> None:
        self.state = after_submission(self.state)

    async def on_health(self, health: Health) -> None:
        self.state = after_health(self.state, health, self._now())

    async def on_finished(self, error: GpuError | None) -> None:
        now = self._now()
        self.state = after_failure(self.state, error, now) if error else after_success(self.state)


def require_admission(state: BreakerState, now: float) -> None:
    """Raise `EndpointDown`, with what is wrong and how long to wait, when nothing may be sent."""
    left = seconds_until_send(state, now)
    if left > 0:
        message = f"{describe_open(state).message}. It is tried again in {left:.0f} s."
        raise EndpointDown(message, left, on_trial=state.phase == "half_open", cause=state.error)


def require_not_open(state: BreakerState, now: float) -> None:
    """Raise `EndpointDown` while the breaker is open; the call that tries a half-open one may go on."""
    if state.phase == "open":
        require_admission(state, now)


async def notify(note: Awaitable[None]) -> None:
    """Tell a breaker how a call went; what it makes of that must not change what became of the call."""
    try:
        await note
    except Exception as error:  # noqa: BLE001 whatever keeps a breaker's state may fail in its own ways
        log.warning("The circuit breaker could not be told how a call ended (%s).", type(error).__name__)
