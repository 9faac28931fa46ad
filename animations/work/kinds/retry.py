"""Draw one frame again: the same moment with other words, fitted into the loop it stands in."""

from __future__ import annotations

from typing import Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.imaging.difference import looks_alike, loop_steps
from animations.models import Candidate, Frame, Matte
from animations.motion.seam import frame_seam
from animations.work.candidates import count_progress, iterate_pending, store_drawn
from animations.work.drawing import draw_fitted, renderer_for
from animations.work.lease import Lease
from animations.work.matte.picture import matte_source

NO_DIFFERENCE: Final = "“{}” makes no difference that can be seen in this frame. Try more of it, or another word."


def retry(lease: Lease) -> None:
    """Draw the job's pending candidates and measure how each fits its neighbours; what is chosen stays chosen.

    A candidate that looks like the one it was made from fails and says so; a job of such candidates alone fails too.
    Raises `WorkFailed`, `GpuUnavailable` and `LeaseLost`.
    """
    project, frame = lease.job.project, lease.job.frame
    assert frame is not None
    matte = matte_source(lease)
    renderer = renderer_for(project, png.read(storage.read(matte.cutout.name)))
    for candidate in iterate_pending(lease):
        _finish(lease, candidate, draw_fitted(renderer, frame, candidate.recipe), matte)
    _close(lease, frame)


def _finish(lease: Lease, candidate: Candidate, picture: Picture, matte: Matte) -> None:
    """Store what was drawn, with its seam in the loop; fail it where it looks as before."""
    if _looks_like_parent(candidate, picture):
        files, seam = None, None
    else:
        files, seam = store_drawn(lease, picture, matte), _measure_seam(candidate.frame, picture)
    with lease.revise() as revision:
        if files:
            candidate.finish(files, seam=seam)
        else:
            candidate.fail(NO_DIFFERENCE.format(candidate.prompt))
        count_progress(lease, revision)


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


def _looks_like_parent(candidate: Candidate, picture: Picture) -> bool:
    parent = candidate.parent
    if parent is None or not parent.cutout:
        return False
    return looks_alike(picture, png.read(storage.read(parent.cutout.name)))


def _measure_seam(frame: Frame, picture: Picture) -> float | None:
    """Measure how the picture stands in the loop as it is now; None when it or others are missing there."""
    cutouts = dict(frame.project.current_frames().values_list("pk", "chosen__cutout"))
    if frame.pk not in cutouts or not all(cutout for pk, cutout in cutouts.items() if pk != frame.pk):
        return None
    pictures = [picture if pk == frame.pk else png.read(storage.read(cutout)) for pk, cutout in cutouts.items()]
    return frame_seam(loop_steps(pictures), list(cutouts).index(frame.pk)).ratio
