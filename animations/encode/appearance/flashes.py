"""Count the flashes of a loop, as WCAG 2.2 defines those that may cause seizures.

Source: "general flash and red flash thresholds", https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds.
A general flash is a pair of opposing changes of relative luminance by 10 % of the maximum or more, the darker of them
below 0.80. A red flash is a pair of opposing transitions to and from a saturated red, R/(R+G+B) ≥ 0.8 in linear
light, by more than 0.2 in the CIE 1976 chromaticity diagram. Flashes count from a quarter of the field of view on.
Here the field is the picture itself: it may be shown large, and many times on one screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.float32]
"""Times × pixels, or times × pixels × channels."""
Changes = npt.NDArray[np.bool_]
"""Times × pixels: whether a pixel has just come to the end of a change that counts."""

CHANGE: Final = 0.1
DARKER_BELOW: Final = 0.8
SATURATED_RED: Final = 0.8
CHROMATICITY_CHANGE: Final = 0.2
AREA: Final = 0.25
WINDOW_MS: Final = 1000
MIN_DELAY_MS: Final = 10
LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
TO_XYZ: Final = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32)
"""From linear sRGB."""
NEUTRAL: Final = np.array([0.1978, 0.4683], np.float32)
"""The u′ and v′ of white; black, which has none, is taken for it."""
PURE_RED: Final = np.array([0.4507, 0.5229], np.float32)


def count_flashes(colours: Levels, delays_ms: Sequence[int]) -> tuple[int, int]:
    """Return the most general and the most red flashes in any second of a loop that is played for ever.

    `colours` are frames × pixels × 3 in linear light, 0 to 1, as they are composed on a ground.
    """
    order, starts = _played(delays_ms)
    general = _luminance_changes((colours @ LUMINANCE)[order])
    red = _red_changes(colours[order]) if _is_saturated_red(colours).any() else None
    return _most_flashes(general, starts), _most_flashes(red, starts) if red is not None else 0


def to_linear(colours: Levels) -> Levels:
    """Return sRGB values, 0 to 1, in linear light."""
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _played(delays_ms: Sequence[int]) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Return the frames in the order in which they are seen, with their starts: twice or more, for two seconds."""
    delays = [max(MIN_DELAY_MS, delay) for delay in delays_ms]
    rounds = max(2, math.ceil(2 * WINDOW_MS / sum(delays)))
    return list(range(len(delays))) * rounds, np.cumsum([0, *(delays * rounds)[:-1]])


def _luminance_changes(levels: Levels) -> Changes:
    """Find where the luminance of each pixel has risen or fallen enough since its last change or extreme."""
    low, high = levels[0].copy(), levels[0].copy()
    way = np.zeros(levels.shape[1], np.int8)  # of the last change: 1 up, -1 down
    changes = np.zeros(levels.shape, np.bool_)
    for changed, level in zip(changes, levels, strict=True):
        np.minimum(low, level, out=low)
        np.maximum(high, level, out=high)
        up = (way <= 0) & (level - low >= CHANGE) & (low < DARKER_BELOW)
        down = (way >= 0) & (high - level >= CHANGE) & (level < DARKER_BELOW) & ~up
        np.logical_or(up, down, out=changed)
        way[up], way[down] = 1, -1
        low[changed] = high[changed] = level[changed]
    return changes


def _red_changes(colours: Levels) -> Changes:
    """Find where each pixel has gone to a saturated red, or from one, far enough in chromaticity."""
    places, red = _chromaticity(colours), _is_saturated_red(colours)
    was_red, anchor = red[0].copy(), places[0].copy()
    changes = np.zeros(red.shape, np.bool_)
    for changed, place, is_red in zip(changes, places, red, strict=True):
        # The anchor of a red pixel is its last red, of another what was farthest from red.
        follows = np.where(was_red, is_red, _distance(place, PURE_RED) > _distance(anchor, PURE_RED))
        anchor[follows] = place[follows]
        moved = _distance(place, anchor) > CHROMATICITY_CHANGE
        np.logical_and(moved, was_red | is_red, out=changed)
        was_red[changed] = is_red[changed]
        anchor[changed] = place[changed]
    return changes


def _is_saturated_red(colours: Levels) -> Changes:
    total = colours.sum(axis=-1)
    return np.asarray((colours[..., 0] >= SATURATED_RED * total) & (total > 0))


def _chromaticity(colours: Levels) -> Levels:
    """Return u′ and v′ of the CIE 1976 diagram."""
    xyz = colours @ TO_XYZ.T
    weight = xyz @ np.array([1, 15, 3], np.float32)
    found = xyz[..., :2] * np.array([4, 9], np.float32) / np.maximum(weight, 1e-6)[..., None]
    return np.where(weight[..., None] > 1e-3, found, NEUTRAL).astype(np.float32)


def _distance(one: Any, other: Any) -> Levels:
    return np.asarray(np.linalg.norm(one - other, axis=-1))


def _most_flashes(changes: Changes, starts: npt.NDArray[np.int64]) -> int:
    """Return the most flashes, pairs of changes, that `AREA` of the pixels have in a window."""
    passed = np.concatenate([np.zeros((1, changes.shape[1]), np.int32), np.cumsum(changes, axis=0, dtype=np.int32)])
    ends = np.searchsorted(starts, starts + WINDOW_MS)
    flashes = (passed[ends] - passed[: len(starts)]) // 2
    place = changes.shape[1] - math.ceil(AREA * changes.shape[1])
    return int(np.sort(flashes, axis=1)[:, place].max())
