"""Small parts that a matte has dropped, brought back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture
from animations.matte.keying import LIKE_WHITE, colour_distance
from animations.matte.layers import CannotRefine, Layers, Window
from animations.matte.refine_tools import Region
from animations.matte.regions import Point, grow, holds, mask_bytes

MARGIN: Final = 0.5
"""Of a part's longer side: so far round it the background is measured."""
PART: Final = 0.4
"""Of its own distance from the background: what has more belongs to it."""
PURE: Final = 0.9
"""Of the greatest distance in the part: these pixels have its own colour."""
RIM: Final = 2
"""px round what is surely of the part, that may be its soft edge."""
NONE_FOUND: Final = "No small parts were found that could be brought back."
NOT_HERE: Final = "There is no such part here. Tap one of the outlines, or paint it with the brush."


def bring_back(layers: Layers, sparks: Sequence[Region], at: Point | None) -> Picture:
    """Return the cutout with the part whose box holds `at`, or with all `sparks`. Raises `CannotRefine` for none."""
    meant = [spark for spark in sparks if at is None or holds(spark, at)]
    if not meant:
        raise CannotRefine(NONE_FOUND if at is None else NOT_HERE)
    alpha = layers.alpha.copy()
    for spark in meant:
        _add(layers.rgb, alpha, spark)
    return layers.cut(alpha)


def _add(rgb: Picture, alpha: Alpha, spark: Region) -> None:
    """Add a part to `alpha`, in place."""
    margin = 4 + round(MARGIN * max(spark["width"], spark["height"]))
    left, top = max(0, spark["x"] - margin), max(0, spark["y"] - margin)
    window = slice(top, spark["y"] + spark["height"] + margin), slice(left, spark["x"] + spark["width"] + margin)
    part, old = np.ascontiguousarray(rgb[window]), alpha[window]
    x, y = spark["point"][0] - left, spark["point"][1] - top
    alpha[window] = np.maximum(old, _unmix_part(part, old, _inner(spark, (left, top)), (x, y)))


def _inner(spark: Region, origin: Point) -> Window:
    left, top = spark["x"] - origin[0], spark["y"] - origin[1]
    return slice(top, top + spark["height"]), slice(left, left + spark["width"])


def _unmix_part(rgb: Picture, alpha: Alpha, box: Window, at: Point) -> Alpha:
    """Return the alpha of the part at a pixel alone, unmixed between the ground around its box and its own colour.

    It is too thin to have an inside whose distance from the edge could say anything.
    """
    around = alpha == 0
    around[box] = False
    background = np.median(rgb[around] if around.any() else rgb[0], axis=0).astype(np.float32)
    away = colour_distance(rgb, background)
    if away[at[1], at[0]] < LIKE_WHITE:
        return _solid(alpha, box)
    part = _connected(away >= PART * away[at[1], at[0]], at)
    own = rgb[part & (away >= PURE * away[part].max())].astype(np.float32).mean(axis=0)
    towards = own - background
    share = np.clip((rgb - background) @ towards / max(1.0, float(towards @ towards)), 0, 1)
    near = grow(part, RIM)
    unmixed: Alpha = np.where(near, np.rint(255 * share), 0).astype(np.uint8)
    return unmixed


def _solid(alpha: Alpha, box: Window) -> Alpha:
    """Return all of the box: what looks like its surroundings has no outline of its own."""
    solid = np.zeros_like(alpha)
    solid[box] = 255
    return solid


def _connected(mask: Mask, at: Point) -> Mask:
    _, labels = cv2.connectedComponents(mask_bytes(mask), connectivity=8)
    connected: Mask = labels == labels[at[1], at[0]]
    return connected
