"""Run a job: claim it, do it under its lease, and write down its outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from animations import disk, events, storage
from animations.models import Job, Project, job_outcomes
from animations.models.job import LeaseLost
from animations.models.transitions import ProjectGone
from animations.outages import StorageUnavailable, find_outage
from animations.work.cleanup.project_files import count_stored_bytes
from animations.work.errors import GpuUnavailable, WaitsForMatte, WorkFailed
from animations.work.kinds import clip, export, generate, pack, refine, retry
from animations.work.lease import Lease, claim
from animations.work.matte.shared_matte import wait_for_matte
from animations.work.repair.repair import repair

log = logging.getLogger(__name__)


WORK: Final[dict[str, Callable[[Lease], None]]] = {
    Job.Kind.GENERATE: generate.generate,
    Job.Kind.RETRY: retry.retry,
    Job.Kind.REFINE: refine.refine,
    Job.Kind.EXPORT: export.export,
    Job.Kind.PREVIEW: export.export,
    Job.Kind.PACK: pack.make_pack,
}
OUR_FAULT: Final = "Something went wrong on our side. Try it again; your picture and your frames are safe."
DAMAGED: Final = "A stored file of this emoji was damaged and is being repaired. Please try again in a moment."


def run(job_id: str) -> None:
    """Do a job, or nothing when another run has it, when it is over or gone, or while there is no room for it."""
    if disk.is_low():
        return  # it stays queued; the reconciler puts it on its queue again once there is room
    try:
        lease = claim(job_id)
    except (LeaseLost, ProjectGone):
        return
    try:
        with lease.renewing():
            _attempt(lease)
            _repair(lease.damaged)
            with suppress(OSError):  # files that cannot be reached now are counted after the next job
                count_stored_bytes(lease.job.project_id)
    except (LeaseLost, ProjectGone):
        log.info("job %s is not ours any more", job_id)
        if not Project.objects.filter(pk=lease.job.project_id).exists():
            storage.delete_project_files(lease.job.project_id)
    finally:
        events.flush()


def _attempt(lease: Lease) -> None:
    try:
        work = clip.matte_clip if clip.mattes_frames(lease.job) else WORK[lease.job.kind]
        work(lease)
    except WorkFailed as error:
        _fail(lease, str(error))
    except GpuUnavailable as away:
        _wait(lease, away)
    except WaitsForMatte:
        wait_for_matte(lease)
    except (LeaseLost, ProjectGone, OperationalError, InterfaceError, StorageUnavailable):
        # Without the database nothing can be written down, without stored files nothing done: the lease runs out,
        # and another run claims the job.
        raise
    except Exception as error:
        log.exception("job %s failed", lease.job.pk)
        _fail(lease, _explain(error))
        if isinstance(error, storage.UNREADABLE):
            lease.damaged.add(lease.job.project_id)


def _repair(project_ids: Iterable[UUID]) -> None:
    """Repair projects, now that the job has ended: a live one would keep its own from that."""
    for project_id in project_ids:
        with suppress(ProjectGone):  # it is in the trash by now
            repair(project_id)


def _explain(error: Exception) -> str:
    """Return in words for the job's owner what an unexpected error means for them."""
    if outage := find_outage(error):
        return outage.detail
    return DAMAGED if isinstance(error, storage.UNREADABLE) else OUR_FAULT


def _wait(lease: Lease, away: GpuUnavailable) -> None:
    """Give the lease back: the worker is free for others, and the reconciler queues the job again."""
    log.warning("job %s waits for the GPU: %s", lease.job.pk, away)
    with lease.revise() as revision:
        lease.job.wait_for_gpu(revision, away.seconds, away.worked_at)


def _fail(lease: Lease, error: str) -> None:
    with lease.revise() as revision:
        job_outcomes.fail_job(lease.job, revision, error)
