"""Candidates mended by a tool. What stood before stays, as the parent of what is new."""

from __future__ import annotations

from animations.generators.procedural import Generator
from animations.models import Candidate, Matte, Project, Source, files
from animations.work import clip, png
from animations.work.generate import count_progress, generator_for, store
from animations.work.lease import Lease
from animations.work.matte import matte_by
from animations.work.png import Picture
from animations.work.retry import neighbours_track


def refine(lease: Lease) -> None:
    """Make the job's pending candidates and choose each on its frame. Raises `WorkFailed`, `LeaseLost`.

    A clip's frame is matted again. A frame that was drawn is drawn again, the same, of the source as another engine
    mattes it; which matte the source itself uses is not changed by that.
    """
    if lease.job.project.generator == Project.Generator.CLIP:
        clip.matte_frames(lease)
    else:
        _draw_again(lease)
    with lease.revise() as revision:
        clip.close(lease, revision)


def _draw_again(lease: Lease) -> None:
    source = Source.objects.get(project=lease.job.project_id)
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("frame", "parent")
    generators: dict[str, Generator] = {}
    for candidate in pending.order_by("frame__index", "ordinal"):
        lease.check()
        if candidate.engine not in generators:
            matte = matte_by(lease, source, candidate.engine)
            generators[candidate.engine] = _generator(lease, matte)
        stored = store(lease, _drawn(lease, candidate, generators[candidate.engine]))
        with lease.revise() as revision:
            candidate.finish(stored)
            clip.finish_frame(candidate, revision)
            count_progress(lease, revision)


def _generator(lease: Lease, matte: Matte) -> Generator:
    return generator_for(lease.job.project, png.read(files.read(matte.cutout.name)))


def _drawn(lease: Lease, candidate: Candidate, generator: Generator) -> Picture:
    """The parent's picture of another cutout: one that was fitted into the loop is fitted again."""
    index, count = candidate.frame.index, lease.job.project.frame_count
    if not _was_fitted(candidate):
        return generator.draw(candidate.recipe, index, count)
    return generator.redraw(candidate.recipe, index, count, neighbours_track(lease, index) or candidate.recipe)


def _was_fitted(candidate: Candidate) -> bool:
    origin: Candidate | None = candidate
    while origin is not None and origin.origin == Candidate.Origin.REFINED:
        origin = origin.parent
    return origin is not None and origin.origin == Candidate.Origin.RETRIED
