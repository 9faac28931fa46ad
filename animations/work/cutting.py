"""One frame of a clip and its matte, brought to the emoji's size: the picture, its alpha, and the cutout."""

from __future__ import annotations

from typing import Any

import numpy as np

from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import Box, box_of
from animations.imaging.levels import opaque_level
from animations.imaging.pixel_art import enlarge, reduce_blocks
from animations.imaging.premultiply import resize
from animations.matte.compose import cutout_by
from animations.matte.engines import DEFAULT_MODEL
from animations.work.clip_frames import Shot


def cut(
    shot: Shot, alpha: Picture | None, size: int, engine: str = DEFAULT_MODEL, block: int = 0
) -> tuple[Picture, Picture, Picture]:
    """Picture (RGB or RGBA, as it came), alpha and cutout (straight RGBA), all three of one size.

    The longer side is `size` px, or the shot's own where that is smaller: nothing is enlarged. `alpha` is the matte
    that `engine` has made, as large as the shot; what was transparent stays so. None keeps the shot's own alpha, and
    its colours untouched.
    The edge is mended at full size, and mixed with premultiplied colour when made smaller. Pixel art in blocks of
    `block` px is not mixed: its blocks are made smaller by whole px, if they can be.
    """
    whole = whole_frame(shot)
    cutout = cutout_by(engine, shot.rgb, alpha, shot.own_alpha)
    times = min(block, size * block // max(shot.size))
    if times:
        small, picture = (enlarge(reduce_blocks(rgba, block), times) for rgba in (cutout, whole))
    else:
        small, picture = (resize(rgba, _target(shot.size, size)) for rgba in (cutout, whole))
    if shot.own_alpha is None:
        picture = picture[..., :3]
    return np.ascontiguousarray(picture), np.ascontiguousarray(small[..., 3]), small


def subject_prompt(alpha: Picture | None, size: Size, crop: Box | None = None) -> dict[str, Any]:
    """Where the subject is, for an engine that must be told: the box round it in a known alpha, else the middle.

    In pixels of a picture of `size` (width, height), which the alpha, of any size, is of; or of that `crop` of it.
    """
    found = box_of(alpha, opaque_level(alpha)) if alpha is not None else None
    if alpha is None or found is None:
        return {"points": [[size[0] // 2, size[1] // 2, 1]]}
    left, top, right, bottom = crop or (0, 0, *size)
    across, down = (right - left) / alpha.shape[1], (bottom - top) / alpha.shape[0]
    xs, ys = [left + round(x * across) for x in found[::2]], [top + round(y * down) for y in found[1::2]]
    return {"box": [xs[0], ys[0], xs[1], ys[1]]}


def whole_frame(shot: Shot) -> Picture:
    """The shot as H×W×4 straight RGBA, as it came."""
    own = shot.own_alpha if shot.own_alpha is not None else np.full(shot.rgb.shape[:2], 255, np.uint8)
    return np.dstack([shot.rgb, own])


def _target(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
