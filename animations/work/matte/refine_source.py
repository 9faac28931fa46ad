"""Refine the source's own matte: a new one is made from the one in use, and put in its place."""

from __future__ import annotations

from django.db.models import Q

from animations import events, storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.compose import lay_on_white
from animations.matte.layers import CannotRefine, Layers
from animations.matte.refine_tools import MATTE, REDRAW, REMATTES, Region
from animations.matte.tools.apply import apply_tool
from animations.models import Matte, Project, Source
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte.picture import make_matte, open_holes, store_files
from animations.work.matte.sam_taps import tap_source, uses_sam
from animations.work.matte.tool_hints import read_hints


def refine_source(lease: Lease) -> Matte:
    """Make the matte of the source that the job asks for, and put it in use, unless an earlier run has.

    It is shown at once, before any frame is drawn of it, and is one change of the project: sockets read it once.
    Raises `WorkFailed` in words for the owner, `GpuUnavailable` and `LeaseLost`.
    """
    params = lease.job.params
    source = Source.objects.select_related("matte").get(project=lease.job.project_id)
    assert source.matte is not None
    if params["tool"] == REDRAW or str(source.matte.pk) != params["matte"]:
        return source.matte
    matte = _matte_anew(lease, source) if params["tool"] == MATTE else _apply_tool(lease, source, source.matte)
    with lease.revise():
        matte.save()
        Source.objects.filter(pk=source.pk).update(matte=matte)
        if params["tool"] in REMATTES:
            Project.objects.filter(pk=source.project_id).update(matte=matte.engine)
    events.flush()
    return matte


def _matte_anew(lease: Lease, source: Source) -> Matte:
    """Return the matte as the engine makes it, without what was mended in an earlier one; it is paid for once."""
    engine = lease.job.params["engine"]
    as_made = source.mattes.filter(Q(parent=None) | Q(tool=MATTE), tool__in=("", MATTE), engine=engine)
    made = as_made.order_by("created_at").first() or make_matte(lease, source, engine)
    matte = Matte(source=source, parent=source.matte, tool=MATTE, engine=engine, model=made.model, call=made.call)
    matte.alpha.name, matte.cutout.name = made.alpha.name, made.cutout.name
    matte.pockets, matte.holes, matte.sparks = made.pockets, made.holes, made.sparks
    return matte


def _apply_tool(lease: Lease, source: Source, old: Matte) -> Matte:
    params = lease.job.params
    new = Matte(source=source, parent=old, tool=params["tool"], model=old.model, call=old.call)
    new.engine = params.get("engine") or old.engine
    picture, cutout = (png.read(storage.read(name)) for name in (source.picture.name, old.cutout.name))
    try:
        layers = Layers.of(picture, cutout, old.base.engine)
        if uses_sam(params):
            refined, new.engine, new.call = tap_source(lease, layers)
        else:
            refined = apply_tool(layers, params, read_hints(params, old))
    except CannotRefine as error:
        raise WorkFailed(str(error)) from error
    _store(new, layers, refined)
    return new


def _store(new: Matte, layers: Layers, refined: Picture) -> None:
    """Store the matte's files, and note the regions that are still to be offered."""
    old = new.parent
    assert old is not None
    if new.tool in REMATTES:
        new.model, new.call = "", None
        refined = open_holes(new, lay_on_white(layers.rgb, layers.own), refined)
    else:
        new.pockets = _still(old.pockets, refined, shown=True)
        new.holes, new.sparks = (_still(regions, refined, shown=False) for regions in (old.holes, old.sparks))
    store_files(new, refined)


def _still(regions: list[Region], cutout: Picture, *, shown: bool) -> list[Region]:
    """Return the regions whose point is still shown in a cutout, or still not."""
    return [each for each in regions if bool(cutout[each["point"][1], each["point"][0], 3]) is shown]
