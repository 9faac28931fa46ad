"""Find, join and scale boxes round what pictures show: (left, top, right, bottom) in px, the last two excluded."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Size
from animations.imaging.levels import visible_level

Box = tuple[int, int, int, int]

MARGIN: Final = 0.03
"""Of the box's longer side, left free on each side: an edge that touches the canvas looks cut off."""
MIN_SIDE: Final = 16


def box_of(alpha: Alpha, level: int | None = None) -> Box | None:
    """Find the smallest box that holds the pixels of `alpha` (H×W) from `level` on, else those that count as seen.

    None if there are none.
    """
    seen = alpha >= (visible_level(alpha) if level is None else level)
    left, top, width, height = cv2.boundingRect(seen.view(np.uint8))
    return (left, top, left + width, top + height) if width else None


def union_box(one: Box | None, other: Box | None) -> Box | None:
    """Return the smallest box that holds both."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def scale_box(box: Box, size: Size, to: Size) -> Box:
    """Scale `box` of a canvas of `size` to the same canvas at the size `to`, rounded outward.

    A larger canvas had faint edges that were mixed away when it was shrunk to `size`: one more pixel is taken in.
    """
    across, down = to[0] / size[0], to[1] / size[1]
    lost = 1 if max(across, down) > 1 else 0
    left, top = math.floor((box[0] - lost) * across), math.floor((box[1] - lost) * down)
    right, bottom = math.ceil((box[2] + lost) * across), math.ceil((box[3] + lost) * down)
    return max(0, left), max(0, top), min(to[0], right), min(to[1], bottom)


def crop_to(box: Box | None, size: Size, gain: float, margin: float = MARGIN) -> Box | None:
    """Return the crop of a canvas of `size` that shows all of `box` with a `margin`, a share of its longer side.

    None where it gains too little: where the canvas is less than `gain` times as large as the crop, by area.
    What gains too little for some box gains no more for one that holds it.
    """
    if box is None:
        return None
    free = round(margin * max(box[2] - box[0], box[3] - box[1]))
    left, right = _within(box[0] - free, box[2] + free, size[0])
    top, bottom = _within(box[1] - free, box[3] + free, size[1])
    is_worth_it = (right - left) * (bottom - top) * gain <= size[0] * size[1]
    return (left, top, right, bottom) if is_worth_it else None


def align_box(box: Box, side: int) -> Box:
    """Grow `box` to whole blocks of `side` px, counted from the canvas's top left."""
    left, top, right, bottom = box
    return left - left % side, top - top % side, right + -right % side, bottom + -bottom % side


def _within(low: int, high: int, length: int) -> tuple[int, int]:
    """Bound `low` and `high` to a side of `length` px, at least `MIN_SIDE` apart where that is possible."""
    lacks = max(0, min(MIN_SIDE, length) - (high - low))
    low = max(0, low - lacks // 2)
    high = min(length, max(high + lacks - lacks // 2, low + min(MIN_SIDE, length)))
    return max(0, min(low, high - min(MIN_SIDE, length))), high
