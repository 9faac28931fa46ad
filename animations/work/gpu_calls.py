"""Asking the GPU from a job: in its name, in its ledger, and only for as long as the job is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from django.conf import settings

from animations.work.lease import Lease
from animations.work.ledger import RowLedger
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.ledger import Result, work_key

DEADLINE_SECONDS: Final = 300.0
Answer = TypeVar("Answer")


def infer(lease: Lease, request: Request) -> Result:
    """One call for the lease's project; the same work of the same project is never paid for twice.

    Raises `gpu.errors.GpuError`, and `LeaseLost` when the job was cancelled or taken over meanwhile.
    """
    return asyncio.run(_infer(lease, request))


async def _infer(lease: Lease, request: Request) -> Result:
    key = work_key(request, scope=str(lease.job.project_id))
    async with GpuClient(
        settings.RUNPOD_BASE_URL, settings.RUNPOD_ENDPOINT_ID, settings.RUNPOD_API_KEY, ledger=RowLedger(lease)
    ) as client:
        return await _while_wanted(lease, client.infer(request, key, DEADLINE_SECONDS))


async def _while_wanted(lease: Lease, call: Awaitable[Answer]) -> Answer:
    """Await `call`, but cancel it as soon as the lease is lost."""
    task = asyncio.ensure_future(call)
    while not (await asyncio.wait({task}, timeout=0.25))[0]:
        if lease.lost.is_set():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    lease.check()
    return task.result()
