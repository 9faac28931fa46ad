"""Small parts beside the subject: a model's specks are dropped, and what looks like a part is offered."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colours, Mask, Picture, Plane
from animations.matte.keying import LIKE_WHITE
from animations.matte.refine_tools import Region
from animations.matte.regions import describe_regions, mask_bytes

SPECK_SHARE: Final = 5e-4
"""Of the largest part's mass. On 46 drawings over photos (ISNet), 281 of 288 islands of background are smaller, and 6
of 16 that belong to the subject."""
STRIP: Final = 64
"""Rows of a picture that are weighed at a time."""
SEARCHED: Final = 512
"""px of the longer side of the copy on which parts are looked for."""
AROUND: Final = 8
"""The background at a place is that of a window of one part in so many of the copy's longer side."""
LEAST_AROUND: Final = 64
"""px of that window in a small picture, in which a part would fill a smaller one."""
PLAIN: Final = 3.0
"""Deviations from the background's mean: what stands out more is no part of its texture."""
USUAL: Final = 1.5
"""Deviations from a first mean: what is further away is a part, and none of the background's own variation."""
CUT_OFF: Final = 1.35
"""Of a normal distribution's deviation to that of what is within `USUAL` of it."""
AWAY: Final = 4
"""px from the subject on that copy: nearer lies its own soft edge."""
LARGEST: Final = 0.02
"""Of the picture's pixels: more is no small part."""
MIN_PIXELS: Final = 4
"""A single pixel is noise."""
TRIED: Final = 24
"""The largest of those that stand out."""
RING: Final = (2, 5)
"""px round a part, between which the background must begin."""
MOSTLY: Final = 0.75
FADED: Final = 0.35
"""Of the part's own distance from the background: what is around it may have no more."""
NOTHING: Final = np.float32(1e-4)


def drop_specks(alpha: Alpha) -> Alpha:
    """Return the H×W uint8 alpha of a model without islands of less than `SPECK_SHARE` of its largest part."""
    count, labels = cv2.connectedComponents(mask_bytes(alpha > 0), connectivity=8)
    if count <= 2:
        return alpha
    mass = np.zeros(count)
    for top in range(0, len(alpha), STRIP):  # of a whole large picture, NumPy's copies in 64 bits are 50 MB
        rows = slice(top, top + STRIP)
        mass += np.bincount(labels[rows].ravel(), weights=alpha[rows].ravel(), minlength=count)
    mass[0] = 0
    kept: Alpha = np.where((mass < SPECK_SHARE * mass.max())[labels], np.uint8(0), alpha)
    return kept


def find_sparks(rgb: Picture, alpha: Alpha, dropped: Mask | None = None) -> list[Region]:
    """Find small parts that a matte (H×W uint8) of `rgb` has not got, the largest first: sparks, motion lines.

    They stand out from a plain background around them; and so do all that were `dropped` from a model's alpha.
    """
    height, width = alpha.shape
    scale = min(1.0, SEARCHED / max(alpha.shape))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    parts = _standing_out(small, cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))
    mask = cv2.resize(mask_bytes(parts), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return describe_regions(mask if dropped is None else mask | dropped, MIN_PIXELS, connectivity=8)


def _standing_out(rgb: Picture, alpha: Alpha) -> Mask:
    """Return the small parts of a small copy that stand out from what is around them."""
    clear = cv2.distanceTransform(mask_bytes(alpha == 0), cv2.DIST_L2, 3) > AWAY
    mean, deviation = _background(rgb, clear)
    away = np.abs(rgb - mean).max(axis=2)
    strong = clear & (away > np.maximum(LIKE_WHITE, PLAIN * deviation))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask_bytes(strong), connectivity=8)
    small = [number for number in range(1, len(stats)) if stats[number, cv2.CC_STAT_AREA] <= LARGEST * alpha.size]
    largest = sorted(small, key=lambda number: -stats[number, cv2.CC_STAT_AREA])[:TRIED]
    parts: Mask = np.isin(labels, [number for number in largest if _is_alone(labels == number, away, clear)])
    return parts


def _background(rgb: Picture, clear: Mask) -> tuple[Colours, Plane]:
    """Return the mean colour (H×W×3) of the background round each pixel, and how much it varies there (H×W).

    The parts themselves, which may take up a third of a window, have no say in it.
    """
    mean, deviation = _measured(rgb, clear)
    usual = clear & (np.abs(rgb - mean).max(axis=2) <= np.maximum(LIKE_WHITE, USUAL * deviation))
    mean, deviation = _measured(rgb, usual)
    return mean, CUT_OFF * deviation


def _measured(rgb: Picture, clear: Mask) -> tuple[Colours, Plane]:
    """Return the mean colour and the deviation of what is clear in a window round each pixel."""
    window = (2 * (max(LEAST_AROUND, max(clear.shape) // AROUND) // 2) + 1,) * 2
    weight, colours = clear.astype(np.float32), rgb.astype(np.float32)
    mass = np.maximum(cv2.blur(weight, window), NOTHING)[..., None]
    mean = cv2.blur(colours * weight[..., None], window) / mass
    square = cv2.blur(np.square(colours) * weight[..., None], window) / mass
    return mean, np.sqrt(np.maximum(square - np.square(mean), 0)).max(axis=2)


def _is_alone(part: Mask, away: Plane, clear: Mask) -> bool:
    """Return whether a part is surrounded by background, to which it does not fade."""
    grown = [cv2.dilate(mask_bytes(part), np.ones((2 * px + 1,) * 2, np.uint8)) > 0 for px in RING]
    ring = grown[1] & ~grown[0]
    return bool(clear[ring].mean() > MOSTLY and away[ring].mean() < FADED * away[part].mean())
