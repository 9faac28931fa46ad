"""One frame of a clip and its matte, brought to the emoji's size: the picture, its alpha, and the cutout."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np

from animations.imaging.boxes import Box, Size, box_of
from animations.imaging.levels import solid_from
from animations.matte.cutouts import cutout_by
from animations.matte.engine import USUAL
from animations.work.png import Picture
from animations.work.shots import Shot

TINY: Final = 1e-3


def cut(shot: Shot, alpha: Picture | None, size: int, engine: str = USUAL) -> tuple[Picture, Picture, Picture]:
    """Picture (RGB or RGBA, as it came), alpha and cutout (straight RGBA), all three of one size.

    The longer side is `size` px, or the shot's own where that is smaller: nothing is enlarged. `alpha` is the matte
    that `engine` has made, as large as the shot; what was transparent stays so. None keeps the shot's own alpha, and
    its colours untouched.
    The edge is mended at full size, and mixed with premultiplied colour when made smaller.
    """
    own = _own(shot)
    whole = np.dstack([shot.rgb, own])
    cutout = cutout_by(engine, shot.rgb, alpha, shot.own_alpha)
    target = _target(shot.size, size)
    small = _shrunk(cutout, target)
    picture = _shrunk(whole, target) if shot.own_alpha is not None else _area(shot.rgb, target)
    return picture, np.ascontiguousarray(small[..., 3]), small


def subject_prompt(alpha: Picture | None, size: Size, crop: Box | None = None) -> dict[str, Any]:
    """Where the subject is, for an engine that must be told: the box round it in a known alpha, else the middle.

    In pixels of a picture of `size` (width, height), which the alpha, of any size, is of; or of that `crop` of it.
    """
    found = box_of(alpha, solid_from(alpha)) if alpha is not None else None
    if alpha is None or found is None:
        return {"points": [[size[0] // 2, size[1] // 2, 1]]}
    left, top, right, bottom = crop or (0, 0, *size)
    across, down = (right - left) / alpha.shape[1], (bottom - top) / alpha.shape[0]
    xs, ys = [left + round(x * across) for x in found[::2]], [top + round(y * down) for y in found[1::2]]
    return {"box": [xs[0], ys[0], xs[1], ys[1]]}


def _own(shot: Shot) -> Picture:
    return shot.own_alpha if shot.own_alpha is not None else np.full(shot.rgb.shape[:2], 255, np.uint8)


def _target(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _area(picture: Picture, target: tuple[int, int]) -> Picture:
    small: Picture = cv2.resize(picture, target, interpolation=cv2.INTER_AREA)
    return small


def _shrunk(rgba: Picture, target: tuple[int, int]) -> Picture:
    """Straight RGBA at its new size, with no colour where nothing is to be seen."""
    mixed = rgba.astype(np.float32)
    mixed[..., :3] *= mixed[..., 3:] / 255
    small = cv2.resize(mixed, target, interpolation=cv2.INTER_AREA)
    small[..., :3] = np.minimum(small[..., :3] * 255 / np.maximum(small[..., 3:], TINY), 255)
    found: Picture = np.rint(small).astype(np.uint8)
    found[found[..., 3] == 0] = 0
    return found
