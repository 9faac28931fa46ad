"""Mend candidates, or the source's matte, by a tool. What stood before stays, as the parent of what is new."""

from __future__ import annotations

from typing import Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.pockets import NoPocket, open_pocket, snap_to_pocket
from animations.matte.refine_tools import MATTE, POCKET, Pocket
from animations.matte.subject import has_subject
from animations.models import Candidate, Matte, Project, Source
from animations.models.candidate import CandidateFiles
from animations.motion.rendering.renderer import Renderer
from animations.work.candidates import close_job, fail, finish, iterate_pending, store_drawn
from animations.work.drawing import draw_fitted, draw_frame, renderer_for
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte import matte_by, store_matte

NOTHING_LEFT: Final = "Opening this would leave nothing of the picture."


def refine(lease: Lease) -> None:
    """Make the job's pending candidates, each in its parent's place. Raises `WorkFailed`, `LeaseLost`.

    A job without a frame refines the source's own matte, and all frames are drawn again of that. A frame that was
    drawn is drawn again, the same, of the source as another engine mattes it; which matte the source itself uses is
    not changed by that. A pocket of a frame is opened in its cutout as it is.
    """
    if lease.job.frame_id is None:
        _redraw_all(lease, refine_source(lease))
    elif lease.job.params["tool"] == POCKET:
        _open_pockets(lease)
    else:
        _redraw_by_engine(lease)
    with lease.revise() as revision:
        close_job(lease, revision)


def refine_source(lease: Lease) -> Matte:
    """Make the matte of the source that the job asks for, and put it in use, unless an earlier run has.

    Raises `WorkFailed` in words for the owner, and `LeaseLost`.
    """
    params = lease.job.params
    source = Source.objects.select_related("matte").get(project=lease.job.project_id)
    assert source.matte is not None
    if str(source.matte.pk) != params["matte"]:
        return source.matte
    if params["tool"] == MATTE:
        matte = matte_by(lease, source, params["engine"])
    else:
        matte = _open_pocket_of_source(lease, source.matte, (params["x"], params["y"]))
    with lease.revise():
        Source.objects.filter(pk=source.pk).update(matte=matte)
        if params["tool"] == MATTE:
            Project.objects.filter(pk=source.project_id).update(matte=matte.engine)
    return matte


def _open_pocket_of_source(lease: Lease, matte: Matte, at: tuple[int, int]) -> Matte:
    old = png.read(storage.read(matte.cutout.name))
    try:
        cutout = open_pocket(old, snap_to_pocket(old, matte.pockets, at))
    except NoPocket as error:
        raise WorkFailed(str(error)) from error
    if not has_subject(cutout[..., 3]):
        raise WorkFailed(NOTHING_LEFT)
    new = Matte(source=matte.source, parent=matte, engine=matte.engine, model=matte.model, call=matte.call)
    return store_matte(lease, new, cutout, _closed_pockets(matte, cutout))


def _closed_pockets(matte: Matte, cutout: Picture) -> list[Pocket]:
    """Return the matte's pockets that are still closed in the new cutout."""
    return [pocket for pocket in matte.pockets if cutout[pocket["point"][1], pocket["point"][0], 3]]


def _redraw_all(lease: Lease, matte: Matte) -> None:
    renderer = _renderer_of(lease, matte)
    for candidate in iterate_pending(lease):
        finish(lease, candidate, store_drawn(lease, _redraw(lease, candidate, renderer)))


def _redraw_by_engine(lease: Lease) -> None:
    """Draw each pending candidate of the matte that its engine makes of the source."""
    source = Source.objects.get(project=lease.job.project_id)
    renderers: dict[str, Renderer] = {}
    for candidate in iterate_pending(lease):
        if candidate.engine not in renderers:
            renderers[candidate.engine] = _renderer_of(lease, matte_by(lease, source, candidate.engine))
        finish(lease, candidate, store_drawn(lease, _redraw(lease, candidate, renderers[candidate.engine])))


def _open_pockets(lease: Lease) -> None:
    """Open the pocket in each pending candidate's parent; a frame without one there fails alone."""
    at = lease.job.params["x"], lease.job.params["y"]
    for candidate in iterate_pending(lease):
        try:
            finish(lease, candidate, _open_pocket_of(lease, candidate.parent, at))
        except NoPocket as error:
            fail(lease, candidate, str(error))


def _open_pocket_of(lease: Lease, parent: Candidate | None, at: tuple[int, int]) -> CandidateFiles:
    if parent is None or not parent.cutout.name:
        raise NoPocket
    cutout = open_pocket(png.read(storage.read(parent.cutout.name)), at)
    if not has_subject(cutout[..., 3]):
        raise NoPocket
    return store_drawn(lease, cutout)._replace(picture=parent.picture.name or "")


def _renderer_of(lease: Lease, matte: Matte) -> Renderer:
    return renderer_for(lease.job.project, png.read(storage.read(matte.cutout.name)))


def _redraw(lease: Lease, candidate: Candidate, renderer: Renderer) -> Picture:
    """Draw the parent's picture of another cutout: one that was fitted into the loop is fitted again."""
    draw = draw_fitted if _was_fitted(candidate) else draw_frame
    return draw(renderer, lease.job.project, candidate.frame.index, candidate.recipe)


def _was_fitted(candidate: Candidate) -> bool:
    origin: Candidate | None = candidate
    while origin is not None and origin.origin == Candidate.Origin.REFINED:
        origin = origin.parent
    return origin is not None and origin.origin == Candidate.Origin.RETRIED
