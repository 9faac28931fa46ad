"""End the calls that no job wants: it was cancelled, has failed, or its run was killed and no other one came.

What its person has cancelled or deleted is cancelled at the endpoint at once, and so is what no worker has begun of a
job that has failed. All else may still be resumed by a later job of the project while RunPod keeps the results
(`gpu.batch.delivery`). After that it is booked with the most that it can have cost, so that the ledger shows no free
work.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.utils import timezone

from animations.models import GpuCall
from animations.models.gpu import GpuCallQuerySet, request_cancels
from animations.work.gpu.endpoint_client import make_endpoint
from animations.work.gpu.matting import DEADLINE_SECONDS
from animations.work.gpu.row_ledger import cost_values
from gpu.call.poll import RETENTION_S
from gpu.call.remote_job import bound_execution
from gpu.errors import EndpointError, JobNotFound
from gpu.ledger import Timings
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import JobState

LOOKBACK: Final = timedelta(days=2)
"""After their making: the older part of a long ledger is not read through every ten seconds."""
NO_RUN_LEFT: Final = "No run was left to record how this call ended."
QUICK_POLICY: Final = CallPolicy(max_tries=2, read_timeout=5.0)
"""The next round asks again."""


def request_cancels_of_unwanted() -> None:
    """Have cancelled what persons do not want any more, where that has not been done when they said so."""
    if _sent().cancelled_by_person().filter(status=GpuCall.Status.SUBMITTED).exists():
        request_cancels()


def cancel_unwanted_calls() -> int:
    """Cancel at the endpoint what nobody wants (see above); return how many those were.

    While the endpoint does not answer they are left for the next time.
    """
    return async_to_sync(_cancel_unwanted)(list(_sent().filter(status=GpuCall.Status.SUBMITTED)))


async def _cancel_unwanted(calls: list[GpuCall]) -> int:
    cancelled = 0
    async with make_endpoint(QUICK_POLICY) as endpoint:
        for call in (one for one in calls if one.endpoint == endpoint.url):
            try:
                cancelled += await _cancel(endpoint, call)
            except EndpointError:
                break
            except JobNotFound:
                continue  # it may know the job again; if not, it is booked in the end
    return cancelled


async def _cancel(endpoint: Endpoint, call: GpuCall) -> bool:
    """Write down that a call is cancelled, then cancel its job; nothing where a live job has come for it."""
    state = await endpoint.status(call.remote_id)
    if not (_is_cancelled_by_person(call) or state.state == "IN_QUEUE"):
        return False
    if not await sync_to_async(_end_as_cancelled)(call, _timings(call, state)):
        return False
    await endpoint.cancel(call.remote_id)
    return True


def _end_as_cancelled(call: GpuCall, timings: Timings) -> bool:
    with transaction.atomic():
        GpuCall.objects.select_for_update().filter(pk=call.pk).first()  # who comes for it now, finds it cancelled
        values = cost_values(timings) | {"status": GpuCall.Status.CANCELLED, "finished_at": timezone.now()}
        wanted = GpuCall.objects.filter(pk=call.pk).without_live_job()
        return wanted.exists() and GpuCall.objects.filter(pk=call.pk, status=call.status).update(**values) == 1


def _timings(call: GpuCall, state: JobState) -> Timings:
    """Return what the job took, by the endpoint's word, or the most that it can be: nothing in the queue."""
    if state.timings.execution_ms is not None:
        return state.timings
    assert call.sent_at is not None
    began = call.sent_at.timestamp() + (state.timings.delay_ms or 0) / 1000
    now = time.time()
    return bound_execution(now if state.state == "IN_QUEUE" else began, now, DEADLINE_SECONDS)


def end_abandoned_calls() -> int:
    """Book and end the sent calls that no live job waits for; return how many those were.

    What its person has cancelled or deleted is ended as cancelled, and so is charged to them; all else has failed.
    """
    abandoned = _sent().filter(sent_at__lt=timezone.now() - timedelta(seconds=RETENTION_S))
    return sum(_end(call) for call in abandoned)


def _sent() -> GpuCallQuerySet:
    """Return the sent calls that no live job waits for."""
    statuses = (GpuCall.Status.SENDING, GpuCall.Status.SUBMITTED)
    recent = GpuCall.objects.filter(status__in=statuses, created_at__gte=timezone.now() - LOOKBACK)
    return recent.without_live_job().select_related("job")


def _is_cancelled_by_person(call: GpuCall) -> bool:
    return call.job is None or call.job.status == call.job.Status.CANCELLED


def _end(call: GpuCall) -> int:
    assert call.sent_at is not None
    status = GpuCall.Status.CANCELLED if _is_cancelled_by_person(call) else GpuCall.Status.FAILED
    now = timezone.now()
    most = bound_execution(call.sent_at.timestamp(), now.timestamp(), DEADLINE_SECONDS)
    ended = {"status": status, "error": NO_RUN_LEFT, "finished_at": now} | cost_values(most)
    return GpuCall.objects.filter(pk=call.pk, status=call.status).update(**ended)
