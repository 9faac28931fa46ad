"""End a job early, with the frames, candidates and exports that it has not finished.

A person who cancels (actions) and a run that fails (work) leave the same rows behind.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from animations.models.candidate import Candidate
from animations.models.export import Export
from animations.models.frame import Frame
from animations.models.job import Job
from animations.models.packs.pack import Pack
from animations.models.project import Project
from animations.models.transitions import ERROR_LENGTH, move

CANCELLED = "Cancelled."


def fail_job(job: Job, revision: int, error: str) -> None:
    """Move a job to failed, and with it all that it has not finished. Inside `revise`."""
    job.fail(revision, error)
    _close_unfinished(job, revision, error, cancelled=False)


def cancel_job(job: Job, revision: int) -> None:
    """Move a job to cancelled, and with it all that it has not finished. Inside `revise`."""
    job.cancel(revision)
    _close_unfinished(job, revision, CANCELLED, cancelled=True)


def _close_unfinished(job: Job, revision: int, error: str, *, cancelled: bool) -> None:
    if job.kind in Job.MAKING_FILES:
        status = Export.Status.CANCELLED if cancelled else Export.Status.FAILED
        values = {"status": status, "error": error[:ERROR_LENGTH]}
        job.exports.live().update(**values, revision=revision)
        Pack.objects.live().filter(job=job).update(**values)
        return
    unfinished = job.candidates.filter(status=Candidate.Status.PENDING)
    unfinished.update(status=Candidate.Status.FAILED, error=error[:ERROR_LENGTH])
    unfinished_frames = _unfinished_frames(job)
    unfinished_frames.filter(chosen__isnull=True).update(status=Frame.Status.FAILED, revision=revision)
    unfinished_frames.filter(chosen__isnull=False).update(status=Frame.Status.READY, revision=revision)
    if job.kind == Job.Kind.GENERATE:
        _close_project(job.project, cancelled=cancelled)


def _unfinished_frames(job: Job) -> QuerySet[Frame]:
    frames = Frame.objects.filter(status__in=Frame.UNFINISHED)
    if job.kind != Job.Kind.GENERATE:  # other jobs may be at work on the other frames
        return frames.filter(pk__in=job.candidates.values("frame"))
    return frames.filter(project=job.project_id, generation=job.project.generation)


def _close_project(project: Project, *, cancelled: bool) -> None:
    project.refresh_from_db()
    if project.emoji_set_id:
        transaction.on_commit(partial(resume_waiting, project))
    if cancelled:
        move(project, (Project.Status.WORKING,), status=Project.Status.CANCELLED)
    else:
        project.update_status()


def resume_waiting(project: Project) -> None:
    """Resume the jobs of the project's set that wait for a matte, which the next of them makes now."""
    jobs = Job.objects.filter(kind=Job.Kind.GENERATE, project__emoji_set=project.emoji_set_id)
    if jobs.waiting_for_matte().update(not_before=None):
        Job.dispatch(project.owner_id, Job.QUEUES[Job.Kind.GENERATE])
