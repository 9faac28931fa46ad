"""Make the source's matte: how opaque each of its pixels is, found once and used for every frame."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import cv2
import numpy as np

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Alpha, Mask, Picture, Size
from animations.matte import keying
from animations.matte.compose import compose_cutout, lay_on_white
from animations.matte.engines import (
    AUTO,
    DEFAULT_MODEL,
    NO_WHITE_BACKGROUND,
    OWN,
    SAM,
    WHITE,
    Background,
    engine_for,
    needs_gpu,
)
from animations.matte.levels import apply_levels
from animations.matte.pockets import find_pockets
from animations.matte.specks import drop_specks, find_sparks
from animations.matte.subject import has_subject, subject_prompt
from animations.matte.sure_holes import open_sure_holes
from animations.models import Candidate, GpuCall, Matte, Source
from animations.work.errors import NoSubject, WorkFailed
from animations.work.gpu.matting import MatteRequest, matte_one
from animations.work.lease import Lease

SENT_SIDE: Final = 1024
"""Longest side of what is sent: the models look at 1024 × 1024 and no more."""
SENT_QUALITY: Final = 95


def matte_source(lease: Lease) -> Matte:
    """Return the matte in use for the project's source; it is made now if its engine has made none yet.

    Under `auto` a white background that cannot be keyed (a pale subject melts into it) counts as any other one from
    then on. Raises `WorkFailed` in words for the owner, and `GpuUnavailable`.
    """
    project = lease.job.project
    source: Source = Source.objects.get(project=project)
    engine = engine_for(project.matte, source.background)
    if source.matte is not None and source.matte.base.engine == engine:
        return source.matte
    try:
        matte = matte_by(lease, source, engine)
    except NoSubject:
        if project.matte != AUTO or engine != WHITE:
            raise
        with lease.revise():
            Source.objects.filter(pk=source.pk).update(background=Background.OTHER)
            lease.job.candidates.filter(status=Candidate.Status.PENDING).update(engine=DEFAULT_MODEL)
        matte = matte_by(lease, source, DEFAULT_MODEL)
    if source.matte_id != matte.pk:
        with lease.revise():
            Source.objects.filter(pk=source.pk).update(matte=matte)
    return matte


def matte_by(lease: Lease, source: Source, engine: str) -> Matte:
    """Return the source's latest matte of this engine, made now if there is none; the source keeps the one in use.

    Raises `WorkFailed` in words for the owner, and `GpuUnavailable`.
    """
    return source.mattes.filter(engine=engine).order_by("created_at").last() or make_matte(lease, source, engine)


def make_matte(lease: Lease, source: Source, engine: str) -> Matte:
    """Make the matte that an engine has of the source.

    Raises `WorkFailed` in words for the owner, and `GpuUnavailable`.
    """
    rgb, own = png.split_alpha(png.read(storage.read(source.picture.name)))
    alpha: Alpha | None = None
    call: GpuCall | None = None
    specks: Mask | None = None
    if needs_gpu(engine):
        params = subject_prompt(_known_alpha(source, own), sent_size(rgb)) if engine == SAM else {}
        raw, call = matte_on_gpu(lease, rgb, engine, params)
        alpha = drop_specks(raw)
        specks = alpha != raw
    elif engine == WHITE:
        if source.background != Background.WHITE:
            raise WorkFailed(NO_WHITE_BACKGROUND)
        alpha = keying.key_white(lay_on_white(rgb, own))
    cutout = compose_cutout(engine, rgb, alpha, own)
    matte = Matte(source=source, engine=engine, model=call.model if call else "", call=call)
    if engine == WHITE:
        cutout = open_holes(matte, lay_on_white(rgb, own), cutout)
    if not (cutout[..., 3].any() if engine == OWN else has_subject(cutout[..., 3])):
        raise NoSubject("No subject was found in the picture. Try another matte, or one with a clearer subject.")
    sparks = find_sparks(rgb, cutout[..., 3], specks) if needs_gpu(engine) else []
    matte.sparks = [spark for spark in sparks if own is None or own[spark["point"][1], spark["point"][0]]]
    store_files(matte, cutout)
    with lease.revise():
        matte.save()
    return matte


def open_holes(matte: Matte, rgb: Picture, cutout: Picture) -> Picture:
    """Return a keyed cutout with what is surely a hole opened; note in the matte what was, and what may be one."""
    matte.pockets = find_pockets(rgb, cutout[..., 3])
    cutout, matte.holes = open_sure_holes(rgb, cutout, matte.pockets)
    if matte.holes:
        matte.pockets = find_pockets(rgb, cutout[..., 3])
    return cutout


def store_files(matte: Matte, cutout: Picture) -> None:
    """Store a new matte's files, side by side since each waits for the disk. Its row is the caller's to save."""
    project_id = matte.source.project_id
    with ThreadPoolExecutor() as pool:
        pictures = (np.ascontiguousarray(cutout[..., 3]), cutout)
        names = pool.map(lambda picture: storage.save(project_id, png.write(picture), "png"), pictures)
    matte.alpha.name, matte.cutout.name = names


def _known_alpha(source: Source, own: Alpha | None) -> Alpha | None:
    """Return what is known of where the subject is: the matte in use, or the picture's own alpha."""
    if source.matte is not None:
        return png.read(storage.read(source.matte.alpha.name))
    return own


def matte_on_gpu(lease: Lease, rgb: Picture, engine: str, params: dict[str, Any]) -> tuple[Alpha, GpuCall | None]:
    """Matte one picture by one call: it is sent smaller, and its alpha brought back to its own size.

    `params` are in px of what is sent, which is of `sent_size`.
    """
    height, width = rgb.shape[:2]
    size = sent_size(rgb)
    sent = rgb if size == (width, height) else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    data, call = matte_one(lease, MatteRequest(engine, png.write_jpeg(sent, SENT_QUALITY), params))
    alpha = apply_levels(png.read(data))
    if size != (width, height):
        alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC)
    return alpha, call


def sent_size(rgb: Picture) -> Size:
    """Return the width and height in which a picture is sent."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SENT_SIDE / max(height, width))
    return max(1, round(width * scale)), max(1, round(height * scale))
