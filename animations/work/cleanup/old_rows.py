"""Delete rows after the times in docs/deployment.md, a batch in each round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from animations.models import Frame, GpuCall, IdempotencyKey, Job
from animations.work.cleanup.project_files import mark_unswept

KEY_RETENTION: Final = timedelta(hours=24)
JOB_RETENTION: Final = timedelta(days=90)
"""After they end, with their exports; the latest job of a project stays."""
CALL_RETENTION: Final = timedelta(days=90)
"""Longer than the day of the quota, the month of the chart in the admin and every time-out."""
PREVIEW_RETENTION: Final = timedelta(days=1)
BATCH_SIZE: Final = 500


def delete_old_rows() -> None:
    """Delete what has expired, a batch of each kind: sessions, keys, removed frames, previews, jobs and calls."""
    now = timezone.now()
    _delete_batch(Session.objects.filter(expire_date__lt=now))
    _delete_batch(IdempotencyKey.objects.filter(created_at__lt=now - KEY_RETENTION))
    mark_unswept(_delete_batch(_old_removed_frames(), "project_id"))
    mark_unswept(_delete_batch(_old_previews(), "project_id"))
    mark_unswept(_delete_batch(_old_jobs(), "project_id"))
    mark_unswept(_delete_batch(_old_calls(), "project_id"))


def _old_removed_frames() -> QuerySet[Frame]:
    return Frame.objects.removed().filter(removed_at__lt=timezone.now() - Frame.REMOVED_KEPT)


def _old_jobs() -> QuerySet[Job]:
    newer = Job.objects.filter(project=OuterRef("project"), created_at__gt=OuterRef("created_at"))
    ended = Job.objects.filter(finished_at__lt=timezone.now() - JOB_RETENTION).exclude(status__in=Job.LIVE)
    return ended.filter(Exists(newer))


def _old_previews() -> QuerySet[Job]:
    ended = Job.objects.previews().filter(finished_at__lt=timezone.now() - PREVIEW_RETENTION)
    return ended.exclude(status__in=Job.LIVE)


def _old_calls() -> QuerySet[GpuCall]:
    old = GpuCall.objects.filter(created_at__lt=timezone.now() - CALL_RETENTION)
    return old.exclude(job__status__in=Job.LIVE).exclude(waiting__status__in=Job.LIVE)


def _delete_batch(rows: QuerySet[Any], column: str = "pk") -> list[Any]:
    """Delete the first batch of these rows and return their values of `column`."""
    found = list(rows.order_by("pk").values_list("pk", column)[:BATCH_SIZE])
    rows.model._default_manager.filter(pk__in=[pk for pk, _ in found]).delete()
    return [value for _, value in found]
