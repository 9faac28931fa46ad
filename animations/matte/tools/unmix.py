"""The soft edge of a hard mask: each pixel beside it unmixed between the colours on its two sides."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colours, Mask, Picture, Plane
from animations.matte.layers import HALF, window_of
from animations.matte.regions import grow

BAND: Final = 2
"""px to each side of the mask's edge that may be soft. On 30 drawings over photos, 2 is three times as good as 5."""
NEAR: Final = 3
"""px beyond the band, in which the colour of a side is measured."""
LIKENESS: Final = 900.0
"""Squared distance of two colours, 30 grey levels, at which the picture says as much as the mask."""
REACH: Final = 2 * BAND
"""px round what has changed, in which the edge is a new one."""
MARGIN: Final = REACH + 2 * BAND + NEAR + 1
"""px round what has changed, in which the new edge is looked for: all that it depends on."""
SMOOTH: Final = 1.0
"""px: sigma of the edge where the two sides look alike."""


def soften_edge(rgb: Picture, mask: Mask) -> Plane:
    """Return the alpha of `mask` (H×W) in [0,1], its edge soft as in `rgb` (H×W×3 uint8).

    In the band alpha is how far the pixel has come from the mean colour outside towards the one inside,
    (C−B)·(F−B)/|F−B|²; the less these differ, the more it is the smoothed mask.
    """
    inside, outside = _deeper_than(BAND, mask), _deeper_than(BAND, ~mask)
    band = ~(inside | outside)
    alpha = inside.astype(np.float32)
    if band.any():
        alpha[band] = _unmix(rgb, mask, inside, outside)[band]
    return alpha


def soften_change(rgb: Picture, alpha: Alpha, changed: Mask, *, adds: bool) -> Alpha:
    """Return `alpha` (H×W uint8) with the pixels of `changed` added, or taken away, and the edge near them soft."""
    picked = alpha.copy()
    if changed.any():
        window = window_of(changed, MARGIN)
        part = np.ascontiguousarray(rgb[window])
        picked[window] = _soften_all(part, alpha[window], changed[window], adds=adds)
    return picked


def _soften_all(rgb: Picture, alpha: Alpha, changed: Mask, *, adds: bool) -> Alpha:
    mask = (alpha >= HALF) | changed if adds else (alpha >= HALF) & ~changed
    soft = np.rint(255 * soften_edge(rgb, mask)).astype(np.uint8)
    near = grow(changed, REACH)
    picked: Alpha = np.where(near, np.maximum(alpha, soft) if adds else np.minimum(alpha, soft), alpha)
    return picked


def _unmix(rgb: Picture, mask: Mask, inside: Mask, outside: Mask) -> Plane:
    colours = rgb.astype(np.float32)
    (front, near_front), (back, near_back) = _mean_near(colours, inside), _mean_near(colours, outside)
    towards = front - back
    length = np.square(towards).sum(axis=2)
    share = ((colours - back) * towards).sum(axis=2) / np.maximum(length, 1)
    sure = length / (length + LIKENESS) * (near_front & near_back)
    smooth = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), SMOOTH)
    mixed: Plane = np.clip(share, 0, 1) * sure + smooth * (1 - sure)
    return mixed


def _mean_near(colours: Colours, among: Mask) -> tuple[Colours, Mask]:
    """Return the mean colour of the pixels of `among` near each pixel, and where there are any."""
    window = (2 * (BAND + NEAR) + 1,) * 2
    weight = among.astype(np.float32)
    total, mass = cv2.blur(colours * weight[..., None], window), cv2.blur(weight, window)
    return total / np.maximum(mass, 1e-4)[..., None], mass > 1e-3


def _deeper_than(px: float, mask: Mask) -> Mask:
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    deeper: Mask = depth > px
    return deeper
