"""Find lost work every ten seconds, by looking at rows alone.

Two reconcilers at once are harmless: a job on its queue twice is claimed once.
"""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from animations import queueing
from animations.ingest.client import FOLDER_PREFIX
from animations.models import IdempotencyKey, Job, job_outcomes
from animations.models.job import MAX_ATTEMPTS
from animations.models.transitions import IllegalTransition, ProjectGone, revise
from animations.work import previews
from animations.work.gpu import abandoned_calls, endpoint_state

REQUEUE_AFTER: Final = timedelta(seconds=9)
"""How long a job may be on a queue before it is put there again, in case its message was lost."""
KEYS_RETENTION: Final = timedelta(hours=24)
STALE_UPLOAD_SECONDS: Final = 3600
TOO_MANY_ATTEMPTS: Final = "This job was started several times and never came to an end. Try it again."


def reconcile() -> int:
    """Do one round; return how many jobs were put on their queues again."""
    again = requeue()
    previews.request_stale()
    abandoned_calls.end_abandoned_calls()
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_RETENTION).delete()
    remove_stale_uploads()
    if endpoint_state.is_stale():
        queueing.enqueue("interactive", "animations.jobs.refresh_endpoint", endpoint_state.name())
    return again


def requeue() -> int:
    """Put live jobs that no run holds back on their queues, oldest first; one with too many attempts fails."""
    again = 0
    for job in Job.objects.unattended(timezone.now() - REQUEUE_AFTER):
        if job.attempts >= MAX_ATTEMPTS:
            _give_up(job)
            continue
        Job.objects.filter(pk=job.pk).update(enqueued_at=timezone.now())
        if not job.put_on_queue():
            return again  # Redis is away: each further try would only wait for the same time-out
        again += 1
    return again


def _give_up(job: Job) -> None:
    try:
        with revise(job.project_id) as revision:
            job_outcomes.fail_job(job, revision, TOO_MANY_ATTEMPTS)
    except (IllegalTransition, ProjectGone):
        return


def remove_stale_uploads() -> None:
    """Remove the folders of uploads whose process died: nothing decodes for an hour."""
    oldest = time.time() - STALE_UPLOAD_SECONDS
    for folder in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"{FOLDER_PREFIX}*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
