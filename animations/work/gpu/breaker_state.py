"""The circuit breaker that all processes share: `gpu.call.breaker` stored in the endpoint's row.

It is read before every send and written only when it changes, which is seldom. A change is worked out from the row
under its lock, so that of many runs that fail at once each counts, and of many that wait one is let through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction

from animations.models import EndpointState
from gpu.call import breaker, breaker_port, condition
from gpu.call.breaker import BreakerState
from gpu.errors import EndpointDown, EndpointError, GpuError, RateLimited
from gpu.runpod.responses import Health

Change = Callable[[BreakerState], BreakerState]
MIN_PAUSE_S: Final = 5.0
"""Between two tries of one job at an endpoint that is away."""
CONDITION: Final = "condition"
"""Beside the state's own fields: the condition in words, for those who may not know `gpu`."""


class RowBreaker:
    """`gpu.call.breaker_port.Breaker` for the endpoint of the settings."""

    async def admit(self) -> None:
        await sync_to_async(change_state)(_admitted)

    async def require_not_open(self) -> None:
        await sync_to_async(_check)()

    async def on_submitted(self) -> None:
        await sync_to_async(change_state)(breaker.after_submission)

    async def on_health(self, health: Health) -> None:
        await sync_to_async(change_state)(lambda state: breaker.after_health(state, health, time.time()))

    async def on_finished(self, error: GpuError | None) -> None:
        await sync_to_async(change_state)(partial(_finished, error))


def change_state(change: Change) -> BreakerState:
    """Store and return the state after `change(state)`. When `change` raises, the state stays as it was."""
    before = read_state(_rows().first())
    if (after := change(before)) is before:
        return before
    with transaction.atomic():
        row = _rows().select_for_update().first() or EndpointState.objects.create(endpoint=_name())
        before = read_state(row)
        if (after := change(before)) is not before:
            _rows().update(breaker=to_row(after, health_of(row)))
    return after


def seconds_until_next_try(error: EndpointError) -> float:
    """Return after how many seconds the endpoint, which could not be asked because of `error`, is tried again."""
    retry_after = error.retry_after if isinstance(error, EndpointDown | RateLimited) else 0.0
    cooldown = breaker.seconds_until_send(read_state(_rows().first()), time.time())
    return min(max(retry_after, cooldown, MIN_PAUSE_S), breaker.MAX_COOLDOWN_S)


def read_state(row: EndpointState | None) -> BreakerState:
    return BreakerState.from_dict(row.breaker) if row else BreakerState()


def to_row(state: BreakerState, health: Health | None) -> dict[str, Any]:
    """Convert the state to what the row stores, with the condition in words for people."""
    described = condition.describe(health, state, time.time())
    return state.to_dict() | {CONDITION: asdict(described)}


def health_of(row: EndpointState) -> Health | None:
    """Return what the endpoint last said of itself; None when it did not answer."""
    return None if row.error else Health(row.jobs, row.workers)


def _admitted(state: BreakerState) -> BreakerState:
    now = time.time()
    breaker_port.require_admission(state, now)
    return breaker.after_admission(state, now)


def _check() -> None:
    breaker_port.require_not_open(read_state(_rows().first()), time.time())


def _finished(error: GpuError | None, state: BreakerState) -> BreakerState:
    return breaker.after_failure(state, error, time.time()) if error else breaker.after_success(state)


def _name() -> str:
    return str(settings.RUNPOD_ENDPOINT_ID)


def _rows() -> Any:
    return EndpointState.objects.filter(endpoint=_name())
