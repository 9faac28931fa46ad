"""Mend candidates, or the source's matte, by a tool. What stood before stays, as the parent of what is new."""

from __future__ import annotations

from functools import partial

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.layers import CannotRefine
from animations.matte.refine_tools import MATTE, PROPAGATE
from animations.matte.tools.apply import apply_tool
from animations.models import Candidate, Matte, Source
from animations.motion.rendering.renderer import Renderer
from animations.work.candidates import close_job, fail, finish, finish_refined, iterate_pending, store_drawn
from animations.work.drawing import draw_fitted, draw_frame, renderer_for
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte.picture import matte_by
from animations.work.matte.propagation.propagate import propagate
from animations.work.matte.refine_source import refine_source
from animations.work.matte.sam_taps import layers_of, tap_frames, uses_sam
from animations.work.matte.tool_hints import read_hints


def refine(lease: Lease) -> None:
    """Make the job's pending candidates, each in its parent's place.

    Raises `WorkFailed`, `GpuUnavailable` and `LeaseLost`.

    A job without a frame refines the source's own matte, and all frames are drawn again of that. A frame that was
    drawn is drawn again, the same, of the source as another engine mattes it; which matte the source itself uses is
    not changed by that. Every other tool is applied to the frame's own picture and cutout, or carried to it.
    """
    if lease.job.frame_id is None:
        _redraw_all(lease, refine_source(lease))
    elif lease.job.params["tool"] == MATTE:
        _redraw_by_engine(lease)
    elif lease.job.params["tool"] == PROPAGATE:
        propagate(lease)
    else:
        _apply_to_frames(lease)
    with lease.revise() as revision:
        close_job(lease, revision)


def _redraw_all(lease: Lease, matte: Matte) -> None:
    renderer = _renderer_of(lease, matte)
    for candidate in iterate_pending(lease):
        finish(lease, candidate, store_drawn(lease, _redraw(candidate, renderer), matte))


def _redraw_by_engine(lease: Lease) -> None:
    """Draw each pending candidate of the matte that its engine makes of the source."""
    source = Source.objects.get(project=lease.job.project_id)
    drawers: dict[str, tuple[Renderer, Matte]] = {}
    for candidate in iterate_pending(lease):
        if candidate.engine not in drawers:
            matte = matte_by(lease, source, candidate.engine)
            drawers[candidate.engine] = _renderer_of(lease, matte), matte
        renderer, matte = drawers[candidate.engine]
        finish(lease, candidate, store_drawn(lease, _redraw(candidate, renderer), matte))


def _apply_to_frames(lease: Lease) -> None:
    """Apply the tool to each pending candidate's parent; a frame where it can do nothing fails alone."""
    try:
        hints = read_hints(lease.job.params)
    except CannotRefine as error:
        raise WorkFailed(str(error)) from error
    if uses_sam(lease.job.params):
        tap_frames(lease, list(iterate_pending(lease)), partial(finish_refined, lease))
    for candidate in iterate_pending(lease):
        try:
            finish_refined(lease, candidate, apply_tool(layers_of(candidate), lease.job.params, hints))
        except CannotRefine as error:
            fail(lease, candidate, str(error))


def _renderer_of(lease: Lease, matte: Matte) -> Renderer:
    return renderer_for(lease.job.project, png.read(storage.read(matte.cutout.name)))


def _redraw(candidate: Candidate, renderer: Renderer) -> Picture:
    """Draw the parent's picture of another cutout: one that was fitted into the loop is fitted again."""
    draw = draw_fitted if _was_fitted(candidate) else draw_frame
    return draw(renderer, candidate.frame, candidate.recipe)


def _was_fitted(candidate: Candidate) -> bool:
    origin: Candidate | None = candidate
    while origin is not None and origin.origin == Candidate.Origin.REFINED:
        origin = origin.parent
    return origin is not None and origin.origin == Candidate.Origin.RETRIED
