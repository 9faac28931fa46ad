"""Jobs: start one at most once, within what a person may have at once; find the live one, cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from animations import disk
from animations.actions.errors import ActionError, Busy
from animations.actions.quota import EXPORT_RESERVE, check_live_jobs, check_stored
from animations.models import Candidate, Frame, Job, Project, job_outcomes
from animations.models.transitions import IllegalTransition, revise
from animations.models.users.lock import lock_person
from animations.outages import DISK_FULL


def enqueue(project: Project, **values: Any) -> Job:
    """Save a job of the project and put it on its queue in its owner's turn. Inside `revise_for_job`.

    Raises `ActionError`: 429 when they have too many, 403 when they store too much, 507 when there is no room.
    """
    check_room()
    check_stored(project.owner_id, -EXPORT_RESERVE if values["kind"] in Job.MAKING_FILES else 0)
    check_live_jobs(project.owner_id)
    return Job.enqueue(project=project, **values)


@contextmanager
def revise_for_job(project: Project) -> Iterator[int]:
    """Revise the project as `transitions.revise` does, where a job may be written.

    The owner's requests come one after the other: those that came at once would all find room for one job more.
    """
    with transaction.atomic():
        lock_person(project.owner_id)
        with revise(project.pk) as revision:
            yield revision


def check_room() -> None:
    """Raise `ActionError` (507) while the disk has little room, so that what is under way can end."""
    if disk.is_low():
        raise ActionError(DISK_FULL.code, DISK_FULL.detail, status=DISK_FULL.status, wait=DISK_FULL.retry_after)


def start_once(project: Project, start: Callable[[int], Job]) -> Job:
    """Return the job of `start(revision)`, which runs with the project's row locked and read anew.

    `start` answers a live job by `live_or_busy`. Where another process wrote one meanwhile, the database refuses the
    second, and `start` runs again and finds it.
    """
    try:
        return _start(project, start)
    except IntegrityError:
        return _start(project, start)


def _start(project: Project, start: Callable[[int], Job]) -> Job:
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        return start(revision)


def live_or_busy(live: Job, target: str, *, is_equal: bool) -> Job:
    """Return the live job to an equal request; raise `Busy` about the `target` ("frame", "emoji") to another."""
    if not is_equal:
        raise Busy.on(target)
    return live


def live_job(project_id: UUID, frames: Sequence[Frame]) -> Job | None:
    """Return the live job that works on one of these frames, or a live generate of the whole project."""
    made = Candidate.objects.filter(frame__in=frames).values("job")
    on_frames = Q(frame__in=frames) | Q(pk__in=made) | Q(kind=Job.Kind.GENERATE)
    jobs = Job.objects.live().changing_frames().filter(project=project_id)
    return jobs.filter(on_frames).order_by("-created_at").first()


def cancel(job: Job) -> Job:
    """Stop a live job: what it has finished stays, what it has not is closed. Cancelling twice is harmless.

    Raises `ActionError` (409) when the job is over already.
    """
    with revise(job.project_id) as revision:
        job.refresh_from_db()
        if job.status == Job.Status.CANCELLED:
            return job
        try:
            job_outcomes.cancel_job(job, revision)
        except IllegalTransition:
            raise ActionError("over", "This job is over already.", status=409) from None
    return job
