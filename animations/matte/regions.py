"""Connected regions of a mask, described for people who may tap them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Mask
from animations.matte.refine_tools import Region

Point = tuple[int, int]

MAX_REGIONS: Final = 8
"""As many as a person looks at."""
MIN_PIXELS: Final = 16


def describe_regions(mask: Mask, least: float = MIN_PIXELS, *, connectivity: int = 4) -> list[Region]:
    """Describe the largest regions of a mask (H×W) that have at least `least` pixels, the largest first."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=connectivity)
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = [int(each) + 1 for each in np.argsort(-areas, kind="stable")[:MAX_REGIONS] if areas[each] >= least]
    return [_describe(labels, number, [int(figure) for figure in stats[number]]) for number in largest]


def _describe(labels: npt.NDArray[np.int32], number: int, stats: list[int]) -> Region:
    left, top, width, height, area = stats
    mine = np.pad(labels[top : top + height, left : left + width] == number, 1)
    depth = cv2.distanceTransform(mask_bytes(mine), cv2.DIST_L2, 3)
    row, column = divmod(int(depth.argmax()), width + 2)
    point = [left + column - 1, top + row - 1]
    share = round(area / labels.size, 5)
    return {"x": left, "y": top, "width": width, "height": height, "point": point, "share": share}


def mask_bytes(mask: Mask) -> npt.NDArray[np.uint8]:
    """Return a mask as OpenCV takes it."""
    return np.ascontiguousarray(mask).view(np.uint8)


def grow(mask: Mask, by: int) -> Mask:
    """Return a mask (H×W) with all that is within `by` px of it, in squares."""
    grown: Mask = cv2.dilate(mask_bytes(mask), np.ones((2 * by + 1,) * 2, np.uint8)) > 0
    return grown


def holds(region: Region, at: Point) -> bool:
    """Return whether a place is in the region's box."""
    x, y = at[0] - region["x"], at[1] - region["y"]
    return 0 <= x < region["width"] and 0 <= y < region["height"]
