"""Find lost work every ten seconds, by looking at rows alone.

Two reconcilers at once are harmless: a job on its queue twice is claimed once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import Error
from django.utils import timezone
from redis.exceptions import RedisError

from animations import disk, queueing
from animations.models import Job, job_outcomes
from animations.models.transitions import IllegalTransition, ProjectGone, revise
from animations.work import preset_previews
from animations.work.cleanup.deleted_people import delete_people, end_guests
from animations.work.cleanup.deleted_projects import delete_abandoned_folders, empty_trash
from animations.work.cleanup.old_rows import delete_old_rows
from animations.work.cleanup.project_files import sweep_changed_projects
from animations.work.cleanup.scratch import delete_scratch
from animations.work.gpu import abandoned_calls, endpoint_state
from animations.work.lease import MAX_ATTEMPTS

log = logging.getLogger(__name__)

REQUEUE_AFTER: Final = timedelta(seconds=9)
"""How long a job may be on a queue before it is put there again, in case its message was lost."""
TOO_MANY_ATTEMPTS: Final = "This job was started several times and never came to an end. Try it again."


def reconcile() -> int:
    """Do one round; return how many jobs were put on their queues again."""
    again = requeue() + dispatch()
    for step in STEPS:
        _attempt(step)
    return again


def refresh_endpoint() -> None:
    """Have the endpoint's state asked for, once it is old."""
    if endpoint_state.is_stale():
        queueing.enqueue("interactive", "animations.jobs.refresh_endpoint", endpoint_state.name())


STEPS: Final[tuple[Callable[[], object], ...]] = (
    preset_previews.request_stale,
    abandoned_calls.end_abandoned_calls,
    refresh_endpoint,
    delete_scratch,
    sweep_changed_projects,
    empty_trash,
    end_guests,
    delete_people,
    delete_abandoned_folders,
    delete_old_rows,
)


def _attempt(step: Callable[[], object]) -> None:
    """Take a step. The steps do not need each other, and the next round takes this one again."""
    try:
        step()
    except (Error, RedisError):
        raise
    except Exception:  # a disk that is full, stored files that cannot be reached
        log.exception("%s of the reconciler failed", step.__name__)


def requeue() -> int:
    """Put live jobs that no run holds back on their queues; one with too many attempts fails.

    Before what came later, and in their own order: nobody loses a place to those who come after them. While the disk
    has little room they wait.
    """
    if disk.is_low():
        return 0
    Job.objects.clamp_to_clock()
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


def dispatch() -> int:
    """Let those jobs on their queues whose turn was missed, as by a kill; return how many."""
    waiting = Job.objects.undispatched().order_by().values_list("project__owner", "kind").distinct()
    turns = {(owner_id, Job.QUEUES[Job.Kind(kind)]) for owner_id, kind in waiting}
    return sum(Job.dispatch(owner_id, queue) for owner_id, queue in turns)


def _give_up(job: Job) -> None:
    try:
        with revise(job.project_id) as revision:
            job_outcomes.fail_job(job, revision, TOO_MANY_ATTEMPTS)
    except (IllegalTransition, ProjectGone):
        return
