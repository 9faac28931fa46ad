"""Pockets: background that the subject encloses, found inside a keyed matte and opened where a person asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Colour, Mask, Picture
from animations.matte import keying
from animations.matte.layers import HALF, CannotRefine, Layers
from animations.matte.refine_tools import Region
from animations.matte.regions import MIN_PIXELS, Point, describe_regions, grow, holds

MIN_SHARE: Final = 1e-3
"""Of the picture's pixels: smaller ones are glints in eyes more often than holes."""
NEAR: Final = 4
"""px round a click, by which the background's colour and its noise are measured."""
RIM: Final = 3
"""px round a hole, in which its edge is filled with it."""
NO_HOLE: Final = "There is no hole at this place that could be filled: tap inside one that the subject encloses."
NOWHERE: Final = (
    "There is no background of one colour at this place, or it is open already. "
    "A background of many colours goes with Tap."
)


class NoPocket(CannotRefine):
    """There is nothing to open at this place; `str()` says so to the person who pointed at it."""

    def __init__(self) -> None:
        super().__init__(NOWHERE)


def find_pockets(rgb: Picture, alpha: Picture) -> list[Region]:
    """Find the regions of the background's colour inside a matte that `key_white` has made, the largest first.

    `rgb` is H×W×3 uint8, `alpha` H×W uint8. Whether they are holes or a white belly, only a person knows.
    """
    away = keying.colour_distance(rgb, keying.background_colour(rgb, alpha))
    like = (away <= keying.background_tolerance(rgb, alpha)) & (alpha == 255)
    return describe_regions(like, max(MIN_PIXELS, MIN_SHARE * alpha.size))


def snap_to_pocket(cutout: Picture, pockets: Sequence[Region], at: Point) -> Point:
    """Return where to open: `at` itself, or the pocket whose box it is in, should another colour be there.

    A finger is wider than a hole.
    """
    for pocket in sorted(pockets, key=lambda each: each["width"] * each["height"]):
        x, y = pocket["point"]
        if holds(pocket, at) and _differ(cutout, at, (x, y)):
            return x, y
    return at


def _differ(cutout: Picture, one: Point, other: Point) -> bool:
    (x, y), (to_x, to_y) = one, other
    away = np.abs(cutout[y, x].astype(np.int16) - cutout[to_y, to_x])
    return bool(away.max() > keying.MAX_TOLERANCE)


def open_pocket(cutout: Picture, at: Point) -> Picture:
    """Remove the background of one colour at the pixel `at` (x, y) from `cutout` (H×W×4 uint8 straight RGBA).

    What is connected to it within the noise round it goes; the edge is unmixed from its colour as in a keyed picture.
    Raises `NoPocket` where that is outside the picture, nothing is shown, or colours are mixed.
    """
    x, y = at
    height, width = cutout.shape[:2]
    if not (0 <= x < width and 0 <= y < height) or not cutout[y, x, 3]:
        raise NoPocket
    rgb = np.ascontiguousarray(cutout[..., :3])
    colour, tolerance = _colour_at(cutout, at)
    away = keying.colour_distance(rgb, colour)
    hole = _connected((away <= tolerance) & (cutout[..., 3] > 0), at)
    subject = keying.key_colour(
        rgb, colour, hole | (cutout[..., 3] == 0), away, max(keying.LIKE_WHITE, 3 * tolerance)
    )
    near = grow(hole, keying.BAND)
    part = np.where(near, np.minimum(cutout[..., 3], subject), cutout[..., 3])
    return _unmixed(cutout, part, colour)


def fill_hole(layers: Layers, at: Point) -> Picture:
    """Return the cutout with the hole at the pixel `at` (x, y) filled with the picture, its rim too.

    Raises `CannotRefine` where nothing is clear, or where it goes on to the picture's border.
    """
    (x, y), (height, width) = at, layers.alpha.shape
    if not (0 <= x < width and 0 <= y < height) or layers.alpha[y, x] >= HALF:
        raise CannotRefine(NO_HOLE)
    _, labels = cv2.connectedComponents((layers.alpha < HALF).view(np.uint8), connectivity=4)
    hole = labels == labels[y, x]
    if any(side.any() for side in (hole[0], hole[-1], hole[:, 0], hole[:, -1])):
        raise CannotRefine(NO_HOLE)
    filled = grow(hole, RIM)
    return layers.cut(np.where(filled, np.uint8(255), layers.alpha))


def _colour_at(cutout: Picture, at: Point) -> tuple[Colour, float]:
    """Measure the colour at a click and what still counts as it: median and noise of what is like it nearby."""
    x, y = at
    patch = cutout[max(0, y - NEAR) : y + NEAR + 1, max(0, x - NEAR) : x + NEAR + 1]
    seen = patch[patch[..., 3] > 0][:, :3]
    like = seen[keying.colour_distance(seen, cutout[y, x, :3].astype(np.float32)) <= keying.MAX_TOLERANCE]
    if 2 * len(like) < len(seen):
        raise NoPocket
    colour = np.median(like, axis=0).astype(np.float32)
    return colour, keying.noise_tolerance(keying.colour_distance(like, colour))


def _connected(mask: Mask, at: Point) -> Mask:
    _, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    if not labels[at[1], at[0]]:
        raise NoPocket
    connected: Mask = labels == labels[at[1], at[0]]
    return connected


def _unmixed(cutout: Picture, part: Picture, colour: Colour) -> Picture:
    """Return `cutout` at its new alpha `part`, with `colour` taken out of the pixels that it made softer."""
    opened = cutout.copy()
    softer = (part < cutout[..., 3]) & (part > 0)
    if softer.any():
        share = np.divide(part[softer], cutout[..., 3][softer], dtype=np.float32)
        rgb = np.ascontiguousarray(cutout[..., :3])
        opened[softer, :3] = keying.estimate_foreground(rgb, part == 255, softer, share, colour)
    opened[..., 3] = part
    opened[part == 0] = 0
    return opened
