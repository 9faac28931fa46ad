"""Matte the one picture of a set's projects once: one job makes the matte, the others take it up.

The oldest live generate among those that need the matte makes it. A job that comes to it meanwhile gives lease and
turn back, and is let on when the matte is there; if that message is lost, the reconciler lets it on soon.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath

from django.db.models import QuerySet

from animations import storage
from animations.matte.engines import AUTO, DEFAULT_MODEL, WHITE, engine_for
from animations.models import Candidate, Job, Matte, Project, Source, job_outcomes
from animations.models.querysets.jobs import JobQuerySet
from animations.models.transitions import IllegalTransition, ProjectGone, revise
from animations.work.errors import WaitsForMatte, WorkFailed
from animations.work.lease import Lease
from animations.work.matte.picture import matte_source


def matte_once(lease: Lease) -> Matte:
    """Return the matte in use for the project's source, made now if neither it nor its set has one.

    Raises `WaitsForMatte` while another job makes it, `GpuUnavailable`, and `WorkFailed` in words for the owner: then
    all that wait for the matte have failed in these words.
    """
    project = lease.job.project
    if project.emoji_set_id is None:
        return matte_source(lease)
    first = _generates(project).first()  # before the mattes: who was first may have made one since
    if not _copy_shared_matte(lease) and first is not None and first.pk != lease.job.pk:
        raise WaitsForMatte
    try:
        matte = matte_source(lease)
    except WorkFailed as error:
        _fail_others(lease, str(error))
        raise
    _resume_waiting(project)
    return matte


def wait_for_matte(lease: Lease) -> None:
    """Give the lease back until the matte is there; where it has come by now, the job goes on at once.

    Whoever makes the matte lets on those that have begun to wait by then. So a job looks for the matte after the
    commit with which it waits: one of the two sees the other.
    """
    with lease.revise() as revision:
        lease.job.wait_for_matte(revision)
    if _shared_mattes(lease.job.project).exists():
        _resume_waiting(lease.job.project)


def _siblings(project: Project) -> QuerySet[Project]:
    """Return the set's projects that show this picture and are matted in the same way, this one among them."""
    file = PurePosixPath(Source.objects.get(project=project).picture.name or "").name  # equal bytes have equal names
    shown = Project.objects.filter(emoji_set=project.emoji_set_id, trashed_at=None, matte=project.matte)
    return shown.filter(source__picture__endswith=f"/{file}")


def _generates(project: Project) -> JobQuerySet:
    """Return the live generates of the siblings without a matte, the oldest first."""
    wanting = _siblings(project).filter(source__mattes=None)
    return Job.objects.live().filter(kind=Job.Kind.GENERATE, project__in=wanting).order_by("created_at", "pk")


def _shared_mattes(project: Project) -> QuerySet[Matte]:
    """Return the mattes that engines have made for the siblings, as they were made, the latest first."""
    background = Source.objects.get(project=project).background
    engines = {engine_for(project.matte, background)}
    if project.matte == AUTO and WHITE in engines:
        engines.add(DEFAULT_MODEL)
    made = Matte.objects.filter(source__project__in=_siblings(project), parent=None, tool="", engine__in=engines)
    return made.select_related("source").order_by("-created_at")


def _intact_matte(lease: Lease) -> Matte | None:
    """Return the latest of the siblings' mattes whose files are whole; None where nobody has made one yet.

    Raises one of `storage.UNREADABLE` where all are damaged. Those that are get repaired once the job has ended.
    """
    damaged: OSError | None = None
    for matte in _shared_mattes(lease.job.project):
        try:
            for file in (matte.alpha, matte.cutout):
                storage.read(file.name)
        except storage.UNREADABLE as error:
            if Matte.objects.filter(pk=matte.pk).exists():  # else its project was deleted a moment ago
                lease.damaged.add(matte.source.project_id)
                damaged = error
        else:
            return matte
    if damaged is not None:
        raise damaged
    return None


def _copy_shared_matte(lease: Lease) -> bool:
    """Give the project the set's matte, unless it has one; return False where nobody has made one yet.

    Raises one of `storage.UNREADABLE` where the set has damaged ones alone.
    """
    source = Source.objects.get(project=lease.job.project_id)
    if source.mattes.exists():
        return True
    found = _intact_matte(lease)
    if found is None:
        return False
    matte = Matte(source=source, engine=found.engine, model=found.model, call=found.call)
    matte.pockets, matte.holes, matte.sparks = found.pockets, found.holes, found.sparks
    try:
        for name in ("alpha", "cutout"):
            getattr(matte, name).name = storage.copy_file(getattr(found, name).name, source.project_id)
    except FileNotFoundError:  # its project was deleted a moment ago
        return False
    with lease.revise():
        matte.save()
        Source.objects.filter(pk=source.pk).update(matte=matte, background=found.source.background)
        lease.job.candidates.filter(status=Candidate.Status.PENDING).update(engine=found.engine)
    return True


def _fail_others(lease: Lease, error: str) -> None:
    lease.check()
    for job in _generates(lease.job.project).exclude(pk=lease.job.pk).select_related("project"):
        with suppress(IllegalTransition, ProjectGone), revise(job.project_id) as revision:
            job_outcomes.fail_job(job, revision, error)


def _resume_waiting(project: Project) -> None:
    """Let on those that wait for the matte."""
    if _generates(project).waiting_for_matte().update(not_before=None):
        Job.dispatch(project.owner_id, Job.QUEUES[Job.Kind.GENERATE])
