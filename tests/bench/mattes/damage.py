"""Mattes that are wrong in a known way, and where somebody would tap or paint to mend them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture

SURE = 128
"""Of 255: a pixel that is wrong by more is simply on the wrong side."""
CLEAR = 30
"""Of 255: what is more opaque in truth is glass, or the edge of something, and no hole."""
SEEN = 30
"""Wrong pixels that a person would tap: fewer are not seen."""
LEAST = 200
"""Wrong pixels: fewer are nobody's concern."""


@dataclass(frozen=True)
class Stroke:
    """A damaged alpha, the wrong region in it, and a stroke along that (grey, as large)."""

    alpha: Alpha
    region: Mask
    stroke: Picture


def error(alpha: Alpha, truth: Alpha, where: Mask | None = None) -> float:
    """Return the mean absolute difference ×1e3 of two alphas, or its part in a region."""
    away = np.abs(alpha.astype(np.int16) - truth)
    return float(away.sum() if where is None else away[where].sum()) / 255 / alpha.size * 1e3


def worst_place(alpha: Alpha, truth: Alpha) -> tuple[tuple[int, int], bool] | None:
    """Return where the largest wrong region is deepest, and whether it is missing; None where there is none."""
    place = _deepest(np.abs(alpha.astype(np.int16) - truth) > SURE, SEEN)
    return place and (place, bool(truth[place[1], place[0]] >= SURE))


def closed_hole(alpha: Alpha, truth: Alpha) -> tuple[int, int] | None:
    """Return the middle of the largest hole that is still closed and that a person would see as one."""
    return _deepest((alpha == 255) & (truth < CLEAR), SEEN)


def _deepest(mask: Mask, least: int = 1) -> tuple[int, int] | None:
    """Return the pixel of the largest region that is furthest from its rim; None where all are smaller."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < least:
        return None
    region = np.pad(labels == 1 + int(areas.argmax()), 1).astype(np.uint8)
    y, x = divmod(int(cv2.distanceTransform(region, cv2.DIST_L2, 3)[1:-1, 1:-1].argmax()), mask.shape[1])
    return x, y


def fill_holes(truth: Alpha) -> Alpha | None:
    """Return the alpha with all holes filled, as a model does; None for a subject without one."""
    labels = cv2.connectedComponents((truth < SURE).astype(np.uint8), connectivity=4)[1]
    outside = {int(side) for rim in (labels[0], labels[-1], labels[:, 0], labels[:, -1]) for side in np.unique(rim)}
    hole = (labels > 0) & ~np.isin(labels, list(outside))
    if hole.sum() < LEAST:
        return None
    grown = cv2.dilate(hole.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return np.where(grown, np.uint8(255), truth)


def leak(truth: Alpha, random_number: np.random.Generator) -> Alpha:
    """Return the alpha with a blob of background let in at the subject's edge."""
    rows, columns = np.nonzero(_rim(truth))
    place = random_number.integers(len(rows))
    axes = tuple(int(axis) for axis in random_number.integers(15, 40, 2))
    blob = np.zeros_like(truth)
    centre = int(columns[place]), int(rows[place])
    cv2.ellipse(blob, centre, axes, float(random_number.integers(180)), 0, 360, 1, -1)
    return np.where(blob > 0, np.uint8(255), truth)


def gap(truth: Alpha, random_number: np.random.Generator) -> Alpha:
    """Return the alpha with a round hole in what is solid."""
    rows, columns = np.nonzero(truth > 250)
    place = random_number.integers(len(rows))
    blob = np.zeros_like(truth)
    cv2.circle(blob, (int(columns[place]), int(rows[place])), int(random_number.integers(15, 50)), 1, -1)
    return np.where(blob > 0, np.uint8(0), truth)


def stroke_along_leak(truth: Alpha, random_number: np.random.Generator, width: int = 24) -> Stroke | None:
    """Return a leak of 40 by 20 px along the subject's edge, and a stroke of 40 px along it; None where none fits."""
    rows, columns = np.nonzero(_rim(truth))
    for place in random_number.integers(len(rows), size=50):
        made = _leak_at(truth, np.array([columns[place], rows[place]], float), rows, columns, width)
        if made is not None and made.region.sum() >= LEAST:
            return made
    return None


def _leak_at(truth: Alpha, at: np.ndarray, rows: np.ndarray, columns: np.ndarray, width: int) -> Stroke | None:
    near = (abs(rows - at[1]) < 12) & (abs(columns - at[0]) < 12)
    along = np.linalg.eigh(np.cov(np.vstack([columns[near], rows[near]])))[1][:, 1]
    middle = at + 8 * np.array([-along[1], along[0]])
    if not (middle.min() >= 40 and middle.max() < min(truth.shape) - 40) or truth[tuple(middle.astype(int)[::-1])]:
        return None
    blob, stroke = np.zeros_like(truth), np.zeros_like(truth)
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    cv2.ellipse(blob, _px(middle), (20, 10), angle, 0, 360, 1, -1)
    cv2.line(stroke, _px(middle - 20 * along), _px(middle + 20 * along), 255, width, cv2.LINE_AA)
    alpha = np.where(blob > 0, np.uint8(255), truth)
    return Stroke(alpha, np.abs(alpha.astype(np.int16) - truth) > 32, stroke)


def _rim(truth: Alpha) -> Alpha:
    rim: Alpha = cv2.morphologyEx((truth >= SURE).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return rim


def _px(place: np.ndarray) -> tuple[int, int]:
    x, y = np.rint(place).astype(int).tolist()
    return x, y
