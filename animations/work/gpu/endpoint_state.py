"""Keep what the GPU endpoint says of itself in a row, so that no view ever waits for it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from animations.models import EndpointState, GpuCall, Job
from animations.models.transitions import ERROR_LENGTH
from animations.work.gpu import breaker_state, timings
from animations.work.gpu.endpoint_client import make_client
from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet, Scaler, read_fleet
from gpu.call.breaker import after_health
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import GpuError
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import Health

IN_USE: Final = timedelta(seconds=30)
IDLE: Final = timedelta(minutes=10)
STILL_IN_USE: Final = timedelta(minutes=1)
"""After the last call."""
FRESH: Final = timedelta(seconds=3)
"""A plan is made for the workers that there are: what is older is asked for again."""
PLAN_SECONDS: Final = 1.5
"""As long as a plan waits for that."""
INFO_SECONDS: Final = 20.0
QUICK_POLICY: Final = CallPolicy(max_tries=2, read_timeout=5.0, unknown_wait=5.0)
"""For questions that cost next to nothing and have to be put again anyway."""
USUAL_FRAMES: Final = 10
"""Frames in a call of others, for which a plan has to wait."""


def name() -> str:
    return str(settings.RUNPOD_ENDPOINT_ID)


def is_stale() -> bool:
    """Return whether the row is too old: half a minute while the endpoint is in use or coming up, else ten."""
    state = EndpointState.objects.filter(endpoint=name()).first()
    if state is None or state.as_of is None:
        return True
    coming_up = not state.info and any(state.workers.values())
    age = IN_USE if state.error or coming_up or _is_in_use(state) else IDLE
    return state.as_of < timezone.now() - age


def refresh(endpoint: str) -> None:
    """Ask `/health`, and now and then `info` of a worker that is idle already. Never raises."""
    EndpointState.objects.get_or_create(endpoint=endpoint)
    try:
        health = asyncio.run(_health())
    except GpuError as error:
        record_health(None, error.message)
        return
    record_health(health)
    if _may_ask_info(health):
        with suppress(GpuError):  # what it could run before is what it can run
            info = asyncio.run(_info())
            EndpointState.objects.filter(endpoint=endpoint).update(info=info | {"asked_at": time.time()})


def mark_in_use() -> None:
    """Note that the endpoint is about to be asked for work: its row is kept fresh from now on."""
    now = timezone.now()
    row, _ = EndpointState.objects.get_or_create(endpoint=name(), defaults={"used_at": now})
    if row.used_at is None or row.used_at < now - IN_USE:
        EndpointState.objects.filter(pk=row.pk).update(used_at=now)


def record_health(health: Health | None, error: str = "") -> None:
    """Write down what `/health` has said (None: nothing, because of `error`), and tell the breaker."""
    values: dict[str, Any] = {"as_of": timezone.now(), "error": error[:ERROR_LENGTH]}
    if health is not None:
        values |= {"workers": dict(health.workers), "jobs": dict(health.jobs)}
    with transaction.atomic():
        row, _ = EndpointState.objects.select_for_update().get_or_create(endpoint=name())
        state = breaker_state.read_state(row)
        if health is not None:
            state = after_health(state, health, time.time())
        EndpointState.objects.filter(pk=row.pk).update(breaker=breaker_state.to_row(state, health), **values)


async def read_current_fleet(client: GpuClient, known: Timing) -> Fleet:
    """Return the workers as a plan needs them, asked for when the row is not of this moment.

    An endpoint that does not answer is planned for as it was last seen: its next answer decides anyway.
    """
    state = await sync_to_async(_state)()
    if state.as_of is None or state.as_of < timezone.now() - FRESH:
        with suppress(GpuError, TimeoutError):
            async with asyncio.timeout(PLAN_SECONDS):
                health = await client.health()
            await sync_to_async(record_health)(health)
            state.workers, state.jobs = dict(health.workers), dict(health.jobs)
    cold_start = await sync_to_async(timings.cold_start_seconds)()
    read = partial(read_fleet, state.workers, state.jobs, max_workers=settings.GPU_MAX_WORKERS)
    return read(
        scaler=Scaler.parse(settings.GPU_SCALER), cold_start=cold_start, job_seconds=known.seconds(USUAL_FRAMES)
    )


def _state() -> EndpointState:
    return EndpointState.objects.filter(endpoint=name()).first() or EndpointState(endpoint=name())


def _is_in_use(state: EndpointState) -> bool:
    if state.used_at and state.used_at > timezone.now() - STILL_IN_USE:
        return True
    waiting = (GpuCall.Status.SENDING, GpuCall.Status.SUBMITTED, GpuCall.Status.UNCERTAIN)
    return GpuCall.objects.filter(job__status__in=Job.LIVE, status__in=waiting).exists()


def _may_ask_info(health: Health) -> bool:
    """Return whether a worker is idle that was not asked lately.

    A cold worker would cost money, a busy one would keep somebody's frames waiting, and each question keeps a worker
    awake that was about to stop.
    """
    idle = health.workers.get("idle", health.workers.get("ready", 0) - health.workers.get("running", 0))
    if idle <= 0 or health.jobs.get("inQueue", 0):
        return False
    asked_at = _state().info.get("asked_at", 0.0)
    return bool(time.time() - asked_at >= IDLE.total_seconds())


async def _health() -> Health:
    async with make_client(QUICK_POLICY) as client:
        return await client.health()


async def _info() -> dict[str, Any]:
    async with make_client(QUICK_POLICY) as client:
        return (await client.infer(Request("info"), "info", INFO_SECONDS)).output
