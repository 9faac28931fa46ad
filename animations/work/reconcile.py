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

from animations import disk, queueing
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
    again = requeue() + give_turns()
    previews.request_stale()
    abandoned_calls.end_abandoned_calls()
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_RETENTION).delete()
    remove_stale_uploads()
    if endpoint_state.is_stale():
        queueing.enqueue("interactive", "animations.jobs.refresh_endpoint", endpoint_state.name())
    return again


def requeue() -> int:
    """Put live jobs that no run holds back on their queues; one with too many attempts fails.

    Before what came later, and in their own order: nobody loses a place to those who come after them. While the disk
    has little room they wait.
    """
    if disk.is_low():
        return 0
    unattended = list(Job.objects.unattended(timezone.now() - REQUEUE_AFTER))
    for job in (one for one in unattended if one.attempts >= MAX_ATTEMPTS):
        _give_up(job)
    lost = [one for one in unattended if one.attempts < MAX_ATTEMPTS]
    now = timezone.now()
    for again, (place, job) in enumerate(reversed([*enumerate(lost)])):
        Job.objects.filter(pk=job.pk).update(enqueued_at=now + timedelta(microseconds=place))
        if not job.put_on_queue(at_front=True):
            return again  # Redis is away: each further try would only wait for the same time-out
    return len(lost)


def give_turns() -> int:
    """Let those jobs on their queues whose turn was missed, as by a kill; return how many."""
    waiting = Job.objects.waiting_for_turn().order_by().values_list("project__owner", "kind").distinct()
    turns = {(owner_id, Job.QUEUES[Job.Kind(kind)]) for owner_id, kind in waiting}
    return sum(Job.give_turns(owner_id, queue) for owner_id, queue in turns)


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
