"""End the calls that no run waits for: it was killed, or gave up an endpoint that did not answer.

While RunPod keeps their results, a later job of the project may still resume them (`gpu.batch.delivery`). After that
they are booked with the most that they can have cost, so that the ledger shows no free work.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from animations.models import GpuCall, Job
from animations.work.gpu.matting import DEADLINE_SECONDS
from animations.work.gpu.row_ledger import cost_values
from gpu.call.remote_job import bound_execution
from gpu.runpod.policy import RETENTION_S

LOOKBACK: Final = timedelta(days=2)
"""After their making: the older part of a long ledger is not read through every ten seconds."""
NO_RUN_LEFT: Final = "No run was left to record how this call ended."


def end_abandoned_calls() -> int:
    """Book and end the sent calls that no live job waits for; return how many those were.

    What its person has cancelled or deleted is ended as cancelled, and so is charged to them; all else has failed.
    """
    now = timezone.now()
    abandoned = GpuCall.objects.filter(
        status__in=(GpuCall.Status.SENDING, GpuCall.Status.SUBMITTED),
        created_at__gte=now - LOOKBACK,
        sent_at__lt=now - timedelta(seconds=RETENTION_S),
    ).exclude(Q(job__status__in=Job.LIVE) | Q(waiting__status__in=Job.LIVE))
    return sum(_end(call) for call in abandoned.select_related("job"))


def _end(call: GpuCall) -> int:
    assert call.sent_at is not None
    by_person = call.job is None or call.job.status == Job.Status.CANCELLED
    status = GpuCall.Status.CANCELLED if by_person else GpuCall.Status.FAILED
    now = timezone.now()
    most = bound_execution(call.sent_at.timestamp(), now.timestamp(), DEADLINE_SECONDS)
    ended = {"status": status, "error": NO_RUN_LEFT, "finished_at": now} | cost_values(most)
    return GpuCall.objects.filter(pk=call.pk, status=call.status).update(**ended)
