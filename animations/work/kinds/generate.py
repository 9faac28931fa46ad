"""Generate a loop: the source is matted once, then every frame's candidates are drawn and shown as they come."""

from __future__ import annotations

import logging
from typing import Final

from animations import storage
from animations.imaging import png
from animations.models import Candidate, Frame, Matte, Project
from animations.models.candidate import CandidateFiles
from animations.motion.rendering.renderer import Renderer
from animations.work import crop_note
from animations.work.candidates import count_progress, store_drawn
from animations.work.drawing import draw_frame, renderer_for
from animations.work.lease import Lease
from animations.work.matte.shared_matte import matte_once

log = logging.getLogger(__name__)

NOT_DRAWN: Final = "This frame could not be drawn. Try it again with other words."


def generate(lease: Lease) -> None:
    """Finish every frame of the job's generation that is not finished yet.

    Raises `WorkFailed`, `GpuUnavailable`, `WaitsForMatte` and `LeaseLost`.
    """
    project = lease.job.project
    matte = matte_once(lease)
    cutout = png.read(storage.read(matte.cutout.name))
    renderer = renderer_for(project, cutout)
    frames = project.current_frames().filter(status__in=Frame.UNFINISHED)
    for frame in frames.prefetch_related("candidates"):
        lease.check()
        _finish_frame(lease, frame, renderer, matte)
    with lease.revise() as revision:
        project.refresh_from_db()
        project.update_status()
        is_whole = project.framing == Project.Framing.WHOLE
        project.add_note(crop_note.CODE, "" if is_whole else crop_note.describe_cutout(cutout))
        lease.job.succeed(revision)


def _finish_frame(lease: Lease, frame: Frame, renderer: Renderer, matte: Matte) -> None:
    """Draw a frame's pending candidates and show them, all in one step."""
    pending = [candidate for candidate in frame.candidates.all() if candidate.status == Candidate.Status.PENDING]
    drawn = [(candidate, _draw(lease, candidate, frame, renderer, matte)) for candidate in pending]
    with lease.revise() as revision:
        for candidate, files in drawn:
            if files:
                candidate.finish(files)
            else:
                candidate.fail(NOT_DRAWN)
        first = frame.candidates.filter(status=Candidate.Status.READY).order_by("ordinal").first()
        frame.refresh_from_db(fields=["chosen"])
        frame.finish(revision, frame.chosen or first)
        count_progress(lease, revision)


def _draw(
    lease: Lease, candidate: Candidate, frame: Frame, renderer: Renderer, matte: Matte
) -> CandidateFiles | None:
    """Draw and store one candidate; None where that is not possible: a frame fails alone."""
    try:
        return store_drawn(lease, draw_frame(renderer, frame, candidate.recipe), matte)
    except (ValueError, ArithmeticError):
        log.exception("frame %s of project %s could not be drawn", frame.index, frame.project_id)
        return None
