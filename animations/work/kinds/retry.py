"""One frame again: the same moment with other words, fitted into the loop it stands in."""

from __future__ import annotations

from typing import Any, Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.imaging.difference import looks_alike, loop_steps
from animations.models import Candidate, Frame
from animations.motion.seam import frame_seam
from animations.work.kinds.generate import count_progress, generator_for, store
from animations.work.lease import Lease
from animations.work.matte import matte_source

NO_DIFFERENCE: Final = "“{}” makes no difference that can be seen in this frame. Try more of it, or another word."


def retry(lease: Lease) -> None:
    """Draw the job's pending candidates and measure how each fits its neighbours; what is chosen stays chosen.

    A candidate that looks like the one it was made from fails and says so; a job of such candidates alone fails too.
    """
    project, frame = lease.job.project, lease.job.frame
    assert frame is not None
    generator = generator_for(project, png.read(storage.read(matte_source(lease).cutout.name)))
    loop = _chosen(lease)
    track = neighbours_track(lease, frame.index)
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("parent")
    for candidate in pending.order_by("ordinal"):
        lease.check()
        neighbours = track or candidate.recipe
        picture = generator.redraw(candidate.recipe, frame.index, project.frame_count, neighbours)
        alike = _looks_like_its_parent(candidate, picture)
        stored, figure = (None, None) if alike else (store(lease, picture), _seam(loop, frame.index, picture))
        with lease.revise() as revision:
            if stored:
                candidate.finish(stored, seam=figure)
            else:
                candidate.fail(NO_DIFFERENCE.format(candidate.prompt))
            count_progress(lease, revision)
    _close(lease, frame)


def _close(lease: Lease, frame: Frame) -> None:
    """End the job. The first new candidate is chosen only on a frame that has none."""
    with lease.revise() as revision:
        frame.refresh_from_db()
        made = lease.job.candidates.order_by("ordinal")
        first = made.filter(status=Candidate.Status.READY).first()
        frame.finish(revision, frame.chosen or first)
        lease.job.project.update_status()
        failed = None if first else made.first()
        if failed:
            lease.job.fail(revision, failed.error)
        else:
            lease.job.succeed(revision)


def _looks_like_its_parent(candidate: Candidate, picture: Picture) -> bool:
    parent = candidate.parent
    if parent is None or not parent.cutout:
        return False
    return looks_alike(picture, png.read(storage.read(parent.cutout.name)))


def _chosen(lease: Lease) -> list[Candidate | None]:
    """The chosen candidate of each frame, in order."""
    frames = lease.job.project.current_frames().select_related("chosen")
    return [frame.chosen for frame in frames]


def neighbours_track(lease: Lease, index: int) -> dict[str, Any] | None:
    """The recipe that the neighbours of a frame follow: the one before, else the one after."""
    loop = _chosen(lease)
    for at in (index - 1, (index + 1) % len(loop)):
        chosen = loop[at]
        if chosen is not None:
            return dict(chosen.recipe)
    return None


def _seam(loop: list[Candidate | None], index: int, picture: Picture) -> float | None:
    """How the picture stands in the loop as it is now; None when frames of the loop are missing."""
    pictures: list[Picture] = []
    for at, chosen in enumerate(loop):
        if at == index:
            pictures.append(picture)
        elif chosen is None:
            return None
        else:
            pictures.append(png.read(storage.read(chosen.cutout.name)))
    return frame_seam(loop_steps(pictures), index).ratio
