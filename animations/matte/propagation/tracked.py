"""Carry a correction by the masks in which a model has followed the corrected subject through the clip.

The model is told where the subject is in the corrected frame, and what was brought back to it or taken away. Its
masks are hard and have edges of their own, so in other frames only what they say of the correction's place counts.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask
from animations.imaging.boxes import box_of
from animations.matte.layers import HALF, Layers
from animations.matte.propagation.carry import (
    Carried,
    Correction,
    change_alpha,
    confidence_of,
    find_zone,
)
from animations.matte.propagation.flow import Motion

RIM: Final = 0.012
"""Of the longer side: where mask and matte differ in a strip that is nowhere wider, their edges differ."""
MOST_PLACES: Final = 8
"""Regions of each kind that the model is told of, the largest first."""
SMALLEST: Final = 12
"""px: a region with fewer is no place to point at."""
LEARNED: Final = 0.7
"""Of the subject and of the correction, so much must be right in the model's mask of the corrected frame."""


def prompt_for_clip(correction: Correction) -> dict[str, Any]:
    """Return what a model is told of the corrected frame: a box round the subject, and points in px, 1 in and 0 out.

    They lie where the subject is widest, and where what was brought back or taken away is.
    """
    subject = correction.after >= HALF
    points = [[*place, 1] for place in _deepest(subject)[:1]]
    points += [[*place, 1] for place in _deepest(correction.added)]
    points += [[*place, 0] for place in _deepest(correction.removed)]
    box = box_of(correction.after, HALF)
    return {"points": points} | ({"box": list(box)} if box else {})


def has_learned(correction: Correction, mask: Alpha) -> bool:
    """Return whether a mask (H×W uint8) of the corrected frame shows the subject with the correction."""
    subject, changed = correction.after >= HALF, correction.changed
    shown = (mask >= HALF) == subject
    wholes = subject, changed
    return all(np.count_nonzero(shown & whole) >= LEARNED * np.count_nonzero(whole) > 0 for whole in wholes)


def carry_by_mask(correction: Correction, layers: Layers, mask: Alpha, motion: Motion, by_motion: Carried) -> Carried:
    """Return the alpha of a frame with the correction as `mask` (H×W uint8) shows it there.

    It is sure where the motion of the clip led to the same, and what changes is as large and looks alike.
    """
    shown, alpha, changed = mask >= HALF, layers.alpha, np.zeros(mask.shape, bool)
    for region, adds in ((correction.added, True), (correction.removed, False)):
        if region.any():
            differs = (shown == adds) & ((alpha >= HALF) != adds)
            new = _parts_within(differs, find_zone(region, motion))
            alpha = change_alpha(layers.rgb, alpha, new, adds=adds)
            changed |= new
    moved = (by_motion.alpha >= HALF) != (layers.alpha >= HALF)
    return Carried(alpha, confidence_of(correction, layers.rgb, moved, changed))


def _deepest(region: Mask) -> list[list[int]]:
    """Return the place (x, y) deepest in each part of a region, the largest first."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(region.view(np.uint8), connectivity=4)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    large = [int(at) + 1 for at in np.argsort(-sizes, kind="stable") if sizes[at] >= SMALLEST][:MOST_PLACES]
    return [_deepest_place(labels == number) for number in large]


def _deepest_place(part: Mask) -> list[int]:
    depth = cv2.distanceTransform(np.pad(part, 1).view(np.uint8), cv2.DIST_L2, 3)
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return [int(x) - 1, int(y) - 1]


def _parts_within(differs: Mask, zone: Mask) -> Mask:
    """Return those parts of what `differs`, wider than a rim, that reach into a zone."""
    side = 2 * round(RIM * max(differs.shape) / 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, side), max(3, side)))
    wide = cv2.morphologyEx(differs.view(np.uint8), cv2.MORPH_OPEN, kernel)
    _, labels = cv2.connectedComponents(wide, connectivity=4)
    met = np.unique(labels[zone])
    parts = np.isin(labels, met[met > 0]).view(np.uint8)
    whole: Mask = (cv2.dilate(parts, kernel) > 0) & differs
    return whole
