"""The patch round a place that the picture's strongest edges near it enclose.

F. Meyer, "Color image segmentation" (1992), as OpenCV has it: the watershed between the place and a ring round it.
However faint the edges are, the patch ends at the ring.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Mask, Picture

GAMMA: Final = 0.45
"""Brightens what is dark, so that edges in shadow count as those in light do."""
BLUR: Final = 5
"""px: a median over so many takes grain and specks of light out."""
PLACE: Final = 1
RING: Final = 2


def basin_round(rgb: Picture, at: tuple[int, int], radius: int, reach: int) -> Mask:
    """Return the H×W mask of the patch of `rgb` (H×W×3 uint8) round the pixel `at` (x, y).

    All that is within `radius` px belongs to it; nothing that is `reach` px away does.
    """
    (x, y), (height, width) = at, rgb.shape[:2]
    rows = slice(max(0, y - reach), min(height, y + reach + 1))
    columns = slice(max(0, x - reach), min(width, x + reach + 1))
    slopes = _slopes(np.ascontiguousarray(rgb[rows, columns]))
    marks = np.full(slopes.shape, RING, np.int32)
    middle = x - columns.start, y - rows.start
    cv2.circle(marks, middle, reach - 1, 0, -1)
    cv2.circle(marks, middle, radius, PLACE, -1)
    cv2.watershed(cv2.cvtColor(slopes, cv2.COLOR_GRAY2RGB), marks)
    mask = np.zeros((height, width), bool)
    mask[rows, columns] = marks == PLACE
    return mask


def _slopes(rgb: Picture) -> Picture:
    """Return how steep the colours are at each pixel, H×W uint8."""
    levels = np.rint(255 * (np.arange(256) / 255) ** GAMMA).astype(np.uint8)
    even = cv2.LUT(cv2.medianBlur(rgb, BLUR), levels)
    slopes: Picture = cv2.morphologyEx(even, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    return slopes
