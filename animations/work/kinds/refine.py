"""Candidates mended by a tool. What stood before stays, as the parent of what is new."""

from __future__ import annotations

from collections.abc import Iterator

from animations import storage
from animations.generators.procedural import Generator
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.pockets import NoPocket, open_pocket
from animations.matte.refine_tools import POCKET
from animations.matte.subject import shows_something
from animations.models import Candidate, Matte, Project, Source
from animations.models.candidate import CandidateFiles
from animations.work.kinds import clip
from animations.work.kinds.generate import count_progress, generator_for, store
from animations.work.kinds.retry import neighbours_track
from animations.work.lease import Lease
from animations.work.matte import matte_by
from animations.work.refine_source import refined_matte


def refine(lease: Lease) -> None:
    """Make the job's pending candidates, each in its parent's place. Raises `WorkFailed`, `LeaseLost`.

    A job without a frame refines the source's own matte, and all frames are drawn again of that. A clip's frame is
    matted again. A frame that was drawn is drawn again, the same, of the source as another engine mattes it; which
    matte the source itself uses is not changed by that. A pocket of a frame is opened in its cutout as it is.
    """
    if lease.job.frame_id is None:
        _draw_all_again(lease, refined_matte(lease))
    elif lease.job.params["tool"] == POCKET:
        _open_pockets(lease)
    elif lease.job.project.generator == Project.Generator.CLIP:
        clip.matte_frames(lease)
    else:
        _draw_again(lease)
    with lease.revise() as revision:
        clip.close(lease, revision)


def _draw_again(lease: Lease) -> None:
    source = Source.objects.get(project=lease.job.project_id)
    generators: dict[str, Generator] = {}
    for candidate in _pending(lease):
        if candidate.engine not in generators:
            matte = matte_by(lease, source, candidate.engine)
            generators[candidate.engine] = _generator(lease, matte)
        _show(lease, candidate, store(lease, _drawn(lease, candidate, generators[candidate.engine])))


def _draw_all_again(lease: Lease, matte: Matte) -> None:
    generator = _generator(lease, matte)
    for candidate in _pending(lease):
        _show(lease, candidate, store(lease, _drawn(lease, candidate, generator)))


def _open_pockets(lease: Lease) -> None:
    """Open the pocket in each pending candidate's parent; a frame without one there fails alone."""
    at = lease.job.params["x"], lease.job.params["y"]
    for candidate in _pending(lease):
        try:
            _show(lease, candidate, _opened(lease, candidate.parent, at))
        except NoPocket as error:
            clip.fail(lease, candidate, str(error))


def _opened(lease: Lease, parent: Candidate | None, at: tuple[int, int]) -> CandidateFiles:
    if parent is None or not parent.cutout.name:
        raise NoPocket
    cutout = open_pocket(png.read(storage.read(parent.cutout.name)), at)
    if not shows_something(cutout[..., 3]):
        raise NoPocket
    return store(lease, cutout)._replace(picture=parent.picture.name or "")


def _pending(lease: Lease) -> Iterator[Candidate]:
    """The job's candidates that are not made yet, as long as it is wanted. Raises `LeaseLost`."""
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("frame", "parent")
    for candidate in pending.order_by("frame__index", "ordinal"):
        lease.check()
        yield candidate


def _show(lease: Lease, candidate: Candidate, stored: CandidateFiles) -> None:
    with lease.revise() as revision:
        candidate.finish(stored)
        clip.finish_frame(candidate, revision)
        count_progress(lease, revision)


def _generator(lease: Lease, matte: Matte) -> Generator:
    return generator_for(lease.job.project, png.read(storage.read(matte.cutout.name)))


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
