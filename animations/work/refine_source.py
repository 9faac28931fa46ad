"""The source's matte mended by a tool: a new matte that names its parent, and the same frames drawn of it."""

from __future__ import annotations

from typing import Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.pockets import NoPocket, open_pocket, point_meant
from animations.matte.refine_tools import MATTE, Pocket
from animations.matte.subject import shows_something
from animations.models import Matte, Project, Source
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte import keep, matte_by

NOTHING_LEFT: Final = "Opening this would leave nothing of the picture."


def refined_matte(lease: Lease) -> Matte:
    """Make the matte that the job asks for, and put it in use; a run that starts again takes it up.

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
        matte = _with_pocket_open(lease, source.matte, (params["x"], params["y"]))
    with lease.revise():
        Source.objects.filter(pk=source.pk).update(matte=matte)
        if params["tool"] == MATTE:
            Project.objects.filter(pk=source.project_id).update(matte=matte.engine)
    return matte


def _with_pocket_open(lease: Lease, matte: Matte, at: tuple[int, int]) -> Matte:
    old = png.read(storage.read(matte.cutout.name))
    try:
        cutout = open_pocket(old, point_meant(old, matte.pockets, at))
    except NoPocket as error:
        raise WorkFailed(str(error)) from error
    if not shows_something(cutout[..., 3]):
        raise WorkFailed(NOTHING_LEFT)
    new = Matte(source=matte.source, parent=matte, engine=matte.engine, model=matte.model, call=matte.call)
    return keep(lease, new, cutout, _pockets_left(matte, cutout))


def _pockets_left(matte: Matte, cutout: Picture) -> list[Pocket]:
    """Return those that are still closed."""
    return [pocket for pocket in matte.pockets if cutout[pocket["point"][1], pocket["point"][0], 3]]
