"""What the GPU endpoint says of itself, kept in a row, so that no view ever waits for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from animations.models import EndpointState, Job
from gpu.answers import Health
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import GpuError
from gpu.ledger import MemoryLedger
from gpu.limits import Limits

IN_USE: Final = timedelta(seconds=30)
IDLE: Final = timedelta(minutes=10)
INFO_SECONDS: Final = 20.0


def name() -> str:
    return str(settings.RUNPOD_ENDPOINT_ID)


def is_due() -> bool:
    """Whether the row is too old: half a minute while jobs are live, else ten."""
    state = EndpointState.objects.filter(endpoint=name()).first()
    if state is None or state.as_of is None:
        return True
    known = bool(state.info) and not state.error
    age = IN_USE if Job.objects.live().exists() or not known else IDLE
    return state.as_of < timezone.now() - age


def refresh(endpoint: str) -> None:
    """Ask `/health`, and `info` of a worker that is warm already: a cold one would cost money. Never raises."""
    values: dict[str, Any] = {"as_of": timezone.now(), "error": ""}
    try:
        values |= asyncio.run(_ask())
    except GpuError as error:
        values["error"] = error.message[:300]
    EndpointState.objects.update_or_create(endpoint=endpoint, defaults=values)


async def _ask() -> dict[str, Any]:
    limits = Limits(tries=2, answer=5.0)
    async with GpuClient(
        settings.RUNPOD_BASE_URL,
        settings.RUNPOD_ENDPOINT_ID,
        settings.RUNPOD_API_KEY,
        ledger=MemoryLedger(),
        limits=limits,
    ) as client:
        health = await client.health()
        found: dict[str, Any] = {"workers": dict(health.workers), "jobs": dict(health.jobs)}
        if _is_warm(health):
            found["info"] = (await client.infer(Request("info"), "info", INFO_SECONDS)).output
    return found


def _is_warm(health: Health) -> bool:
    """Whether a worker could take a job without a cold start (RunPod does not always send each count)."""
    return any(health.workers.get(state, 0) for state in ("ready", "idle", "running"))
