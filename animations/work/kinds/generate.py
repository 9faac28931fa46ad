"""A take: the source is matted once, then every frame's candidates are drawn and shown as they come."""

from __future__ import annotations

import logging

from animations import storage
from animations.generators.procedural import Generator
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.models import Candidate, Frame, Job, Project
from animations.models.candidate import CandidateFiles
from animations.work import crops
from animations.work.cutout_files import keep_cutout
from animations.work.lease import Lease
from animations.work.matte import matte_source

log = logging.getLogger(__name__)

NOT_DRAWN = "This frame could not be drawn. Try it again with other words."


def generate(lease: Lease) -> None:
    """Finish every frame of the job's take that is not finished yet. Raises `WorkFailed`, `LeaseLost`."""
    project = lease.job.project
    cutout = png.read(storage.read(matte_source(lease).cutout.name))
    generator = generator_for(project, cutout)
    frames = project.current_frames().filter(status__in=Frame.UNFINISHED)
    for frame in frames.prefetch_related("candidates"):
        lease.check()
        _finish_frame(lease, frame, generator)
    with lease.revise() as revision:
        project.refresh_from_db()
        project.update_status()
        project.add_note(crops.CODE, "" if project.framing == Project.Framing.WHOLE else crops.of_cutout(cutout))
        lease.job.succeed(revision)


def generator_for(project: Project, cutout: Picture) -> Generator:
    """What draws a project's frames of its source's cutout."""
    return Generator(cutout, project.size, whole=project.framing == Project.Framing.WHOLE)


def _finish_frame(lease: Lease, frame: Frame, generator: Generator) -> None:
    """Draw a frame's pending candidates and show them, all in one step."""
    pending = [candidate for candidate in frame.candidates.all() if candidate.status == Candidate.Status.PENDING]
    drawn = {candidate.pk: _draw(lease, candidate, frame.index, generator) for candidate in pending}
    with lease.revise() as revision:
        for candidate in pending:
            stored = drawn[candidate.pk]
            if stored:
                candidate.finish(stored)
            else:
                candidate.fail(NOT_DRAWN)
        first = frame.candidates.filter(status=Candidate.Status.READY).order_by("ordinal").first()
        frame.finish(revision, first)
        count_progress(lease, revision)


def _draw(lease: Lease, candidate: Candidate, index: int, generator: Generator) -> CandidateFiles | None:
    """The stored files of one drawn candidate, or None: a frame that cannot be drawn fails alone."""
    project = lease.job.project
    try:
        picture = generator.draw(candidate.recipe, index, project.frame_count)
        return store(lease, picture)
    except (ValueError, ArithmeticError):
        log.exception("frame %s of project %s could not be drawn", index, project.pk)
        return None


def store(lease: Lease, picture: Picture) -> CandidateFiles:
    """A drawn frame's files; the generator draws the cutout itself, so picture and cutout are one file."""
    project_id = lease.job.project_id
    cutout, preview = keep_cutout(project_id, picture)
    alpha = storage.save(project_id, png.write(picture[..., 3]), "png")
    return CandidateFiles(picture=cutout, alpha=alpha, cutout=cutout, preview=preview)


def count_progress(lease: Lease, revision: int, more: int = 0) -> None:
    """How many of the job's candidates are settled, and `more` that are as good as that. Inside `revise`."""
    job: Job = lease.job
    settled = job.candidates.exclude(status=Candidate.Status.PENDING).count()
    job.progress(revision, settled + more, job.total)
