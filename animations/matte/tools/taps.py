"""Taps on a picture: what is tapped is added to the subject, or taken away, up to its own edge. On the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Alpha, Mask, Picture, Size
from animations.imaging.boxes import box_of, union_box
from animations.matte.layers import HALF, CannotRefine, Layers, Window
from animations.matte.regions import grow
from animations.matte.tools.alike import connected_alike
from animations.matte.tools.basin import basin_round
from animations.matte.tools.grabcut import SIDE, cut_by_marks
from animations.matte.tools.unmix import soften_change

Point = tuple[int, int]
WHOLE: Final[Window] = (slice(None), slice(None))

FINGER: Final = 0.012
"""Of the picture's shorter side: the radius round a tap in which everything is meant. At 512 px, 6 px."""
LITTLE: Final = 2.0
"""Times the finger's area: a tap that changes no more has not found what was meant."""
MOST: Final = 0.5
"""Of the matte: a tap that takes more away has taken the subject."""
REACH: Final = 0.12
"""Of the picture's shorter side: how far from a tap a patch goes that is like no background. At 512 px, 61 px."""
SURE: Final = 250
"""Of 255: a model that says less in a whole region was not sure of it."""
EDGE: Final = 9
"""px: a soft region that is nowhere so wide is an edge."""
THIN: Final = 3
"""px: a change that is less wide follows a soft edge, for as long as that is, and leads away from what was tapped."""
BESIDE: Final = 0.07
"""Of the picture's shorter side: no more of a leak that goes on behind a thin part of the subject goes with it."""
GUESSED: Final = 96
"""px of the longer side of the copy on which a gap is guessed. Of 432 gaps one tap mends 410 so, and 408 without a
guess; that takes half as long again where the subject looks like its ground. With 64 px, 408 in less time."""
GROWTH: Final = 2.5
"""Of the window, where what is tapped goes on beyond it."""
NEARLY: Final = 0.75
"""Of the picture's longer side: a window of more is made the whole picture."""
BOX_MARGIN: Final = 0.15
"""Of a box's sides: so much round it is looked at, to learn what the background is like."""
BOX_ROUNDS: Final = 2
"""A box says less than a matte does: the colours are learned from what is in it, and again from what was cut."""
FILLED: Final = 0.05
"""Of a box: with less of the matte in it, all of it may be the subject."""
OUTSIDE: Final = "A tap must be on the picture."
EMPTY_BOX: Final = "The box holds nothing of the picture."


def cut_by_taps(layers: Layers, points: Sequence[Sequence[int]], box: Sequence[int] | None) -> Picture:
    """Return the cutout with what each tap [x, y, label] means added (1) or taken away (0), one after the other.

    Before that, a `box` [x0, y0, x1, y1] says where the subject is. Raises `CannotRefine` outside the picture.
    """
    alpha = layers.alpha if box is None else cut_within(layers.rgb, layers.alpha, box)
    height, width = alpha.shape
    for x, y, label in points:
        if x >= width or y >= height:
            raise CannotRefine(OUTSIDE)
        alpha = tap(layers.rgb, alpha, (x, y), adds=label == 1)
    return layers.cut(alpha)


def follow_mask(layers: Layers, mask: Alpha) -> Picture:
    """Return the cutout of what a model's hard `mask` (H×W uint8) shows; where the matte agrees, it stays soft."""
    shown, opaque = mask >= HALF, layers.alpha >= HALF
    added = soften_change(layers.rgb, layers.alpha, shown & ~opaque, adds=True)
    return layers.cut(soften_change(layers.rgb, added, opaque & ~shown, adds=False))


def prompt_for(
    alpha: Alpha, points: Sequence[Sequence[int]], box: Sequence[int] | None, size: Size
) -> dict[str, list[Any]]:
    """Return the taps and the box for a model that is sent a picture of `size` (width, height).

    Without a box it is the one round the present matte (H×W uint8), and round what is tapped to be added: a tap alone
    would mean the part under it and not the subject.
    """
    height, width = alpha.shape
    box = box or _box_round(alpha, [(x, y) for x, y, label in points if label])
    across, down = size[0] / width, size[1] / height
    prompt: dict[str, list[Any]] = {}
    if points:
        prompt["points"] = [[int((x + 0.5) * across), int((y + 0.5) * down), label] for x, y, label in points]
    if box is not None:
        prompt["box"] = [int(box[0] * across), int(box[1] * down), round(box[2] * across), round(box[3] * down)]
    return prompt


def _box_round(alpha: Alpha, places: Sequence[Point]) -> Sequence[int] | None:
    box = box_of(alpha, HALF)
    for x, y in places:
        box = union_box(box, (x, y, x + 1, y + 1))
    return box


def tap(rgb: Picture, alpha: Alpha, at: Point, *, adds: bool) -> Alpha:
    """Return `alpha` (H×W uint8) with the thing of `rgb` at the pixel `at` (x, y) added or taken away.

    Only the finger is sure at first: that finds leaks and gaps, whose colours the other side has. Where next to
    nothing comes of it, a part of another colour is meant: one that the matte has missed is added as far as its
    surface goes; of one that it has, the patch that the edges near the finger enclose is taken away. So is that where
    the subject itself would go. What a model was unsure about goes without being looked at.
    """
    window, changed = WHOLE, np.zeros(alpha.shape, bool) if adds else _unsure_at(alpha, at)
    if not changed.any():
        window, changed = _cut_round(rgb, alpha, at, adds=adds, surface=False)
        if not adds and changed.sum() > MOST * (alpha >= HALF).sum():
            window, changed = WHOLE, _patch_at(rgb, alpha, at)
    if changed.sum() < LITTLE * math.pi * radius_of(alpha) ** 2 and _is_away_from_edge(alpha, at):
        window, changed = _part_at(rgb, alpha, at, adds=adds)
    new = alpha.copy()
    if changed.any():
        new[window] = soften_change(np.ascontiguousarray(rgb[window]), alpha[window], changed, adds=adds)
    return new


def _part_at(rgb: Picture, alpha: Alpha, at: Point, *, adds: bool) -> tuple[Window, Mask]:
    """Return the part of another colour at a place, and the window that it is of."""
    return _cut_round(rgb, alpha, at, adds=True, surface=True) if adds else (WHOLE, _patch_at(rgb, alpha, at))


def _patch_at(rgb: Picture, alpha: Alpha, at: Point) -> Mask:
    """Return what of the matte is in the patch round a place."""
    radius, reach = radius_of(alpha), max(4, round(REACH * min(alpha.shape)))
    return basin_round(rgb, at, radius, reach) & (alpha >= HALF)


def cut_within(rgb: Picture, alpha: Alpha, box: Sequence[int]) -> Alpha:
    """Return the alpha of the subject that is in the `box` (x0, y0, x1, y1): nothing outside is left.

    What the matte has in there is the first guess; where that is hardly anything, all that is in the box.
    """
    height, width = alpha.shape
    left, top, right, bottom = box[0], box[1], min(box[2], width), min(box[3], height)
    if left >= right or top >= bottom:
        raise CannotRefine(EMPTY_BOX)
    inside = np.zeros(alpha.shape, bool)
    inside[top:bottom, left:right] = True
    across, down = round(BOX_MARGIN * (right - left)) + 1, round(BOX_MARGIN * (bottom - top)) + 1
    window = slice(max(0, top - down), bottom + down), slice(max(0, left - across), right + across)
    fresh = np.zeros_like(alpha)
    fresh[window] = _cut_inside(np.ascontiguousarray(rgb[window]), alpha[window], inside[window])
    return fresh


def _cut_inside(rgb: Picture, alpha: Alpha, inside: Mask) -> Alpha:
    """Return the alpha of the subject that is in the mask `inside`."""
    old = np.where(inside, alpha, np.uint8(0))
    opaque = old >= HALF
    likely = opaque if opaque.sum() >= FILLED * inside.sum() else inside
    mask = cut_by_marks(rgb, likely, np.zeros_like(inside), ~inside, BOX_ROUNDS)
    added = soften_change(rgb, old, mask & ~opaque, adds=True)
    return soften_change(rgb, added, opaque & ~mask, adds=False)


def radius_of(alpha: Alpha) -> int:
    """Return the radius in px of what is meant by a tap."""
    return max(1, round(FINGER * min(int(side) for side in alpha.shape)))


def windows_round(at: Point, shape: tuple[int, ...]) -> Iterator[Window]:
    """Yield windows round a place, each larger than the one before, up to the whole picture."""
    (x, y), (height, width) = at, shape
    half = SIDE // 2
    while True:
        rows, columns = slice(max(0, y - half), min(height, y + half)), slice(max(0, x - half), min(width, x + half))
        yield rows, columns
        if (rows, columns) == (slice(0, height), slice(0, width)):
            return
        half = round(half * GROWTH)
        if 2 * half > NEARLY * max(height, width):
            half = max(height, width)


def _unsure_at(alpha: Alpha, at: Point) -> Mask:
    """Return the wide soft region of `alpha` that a place is in, where it is in one: an edge is none."""
    unsure = ((alpha > 0) & (alpha < SURE)).view(np.uint8)
    wide = cv2.morphologyEx(unsure, cv2.MORPH_OPEN, np.ones((EDGE, EDGE), np.uint8))
    _, labels = cv2.connectedComponents(wide, connectivity=4)
    number = labels[at[1], at[0]]
    region = ((labels == number) & (number > 0)).view(np.uint8)
    grown: Mask = (cv2.dilate(region, np.ones((EDGE, EDGE), np.uint8)) & unsure) > 0
    return grown


def _is_away_from_edge(alpha: Alpha, at: Point) -> bool:
    """Return whether a place is so far from the matte's edge that it cannot be the edge that is meant."""
    opaque = alpha >= HALF
    depth = cv2.distanceTransform((opaque == opaque[at[1], at[0]]).view(np.uint8), cv2.DIST_L2, 3)
    return bool(depth[at[1], at[0]] > radius_of(alpha))


def _cut_round(rgb: Picture, alpha: Alpha, at: Point, *, adds: bool, surface: bool) -> tuple[Window, Mask]:
    """Return what changes by a tap, and the window that it is of.

    That is small and of full size at first, and larger for as long as the change goes on beyond its rim. A surface is
    looked for in the second at once.
    """
    finger = cv2.circle(np.zeros(alpha.shape, np.uint8), at, radius_of(alpha), 1, -1) > 0
    window, changed, within = WHOLE, finger, BESIDE * min(alpha.shape)
    windows = list(windows_round(at, alpha.shape))
    for window in windows[1:] or windows if surface else windows:
        place = at[0] - (window[1].start or 0), at[1] - (window[0].start or 0)
        part = np.ascontiguousarray(rgb[window])
        meant = finger[window] | connected_alike(part, place) if surface else finger[window]
        changed = _changed(part, alpha[window] >= HALF, meant, finger[window], within, adds=adds)
        if not _goes_on(changed, window, alpha.shape):
            break
    return window, changed


def _changed(rgb: Picture, old: Mask, meant: Mask, finger: Mask, within: float, *, adds: bool) -> Mask:
    """Return what changes sides when `meant` does: the thing that is connected to the finger.

    Where it is taken away, parts go with it that lie `within` so many px beside it.
    """
    meant = meant & (~old if adds else old)
    core = finger | (cv2.erode(meant.view(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    if adds:
        changed = _cut_added(rgb, old | meant, core, finger) & ~old
    else:
        changed = old & ~cut_by_marks(rgb, old & ~meant, np.zeros_like(old), core | ~old)
    square = np.ones((THIN, THIN), np.uint8)
    wide = cv2.morphologyEx((changed | finger).view(np.uint8), cv2.MORPH_OPEN, square) | finger.view(np.uint8)
    _, labels = cv2.connectedComponents(wide, connectivity=4)
    tapped = np.isin(labels, np.unique(labels[finger]))
    if not adds:
        tapped |= _find_parts_beside(labels, tapped, ~old, within)
    mine: Mask = grow(tapped, THIN // 2) & (changed | (finger & (old != adds)))
    return mine


def _cut_added(rgb: Picture, likely: Mask, core: Mask, finger: Mask) -> Mask:
    """Return what belongs to the subject when all of `core` does.

    A finger alone says so little of a gap that what it is in is guessed by cutting a small copy first: the colours of
    two sides that are nearly alike would take several times as long to cut.
    """
    nothing = np.zeros_like(core)
    if np.array_equal(core, finger):
        likely = cut_by_marks(rgb, likely, core, nothing, side=GUESSED)
    return cut_by_marks(rgb, likely, core, nothing)


def _find_parts_beside(labels: npt.NDArray[np.int32], tapped: Mask, clear: Mask, within: float) -> Mask:
    """Return the parts that lie wholly `within` so many px of the tapped one, and are open to what is clear.

    A leak goes on behind a thin part of the subject, and is one to whoever taps it.
    """
    away = cv2.distanceTransform((~tapped).view(np.uint8), cv2.DIST_L2, 3) > within
    parts: Mask = np.isin(labels, np.setdiff1d(labels[grow(clear, THIN)], labels[away]))
    return parts


def _goes_on(changed: Mask, window: Window, shape: tuple[int, ...]) -> bool:
    """Return whether what changes touches a rim of the window that is not the picture's."""
    (rows, columns), (height, width) = window, shape
    rims = (
        (rows.start > 0, changed[0]),
        (rows.stop < height, changed[-1]),
        (columns.start > 0, changed[:, 0]),
        (columns.stop < width, changed[:, -1]),
    )
    return any(is_inner and bool(rim.any()) for is_inner, rim in rims)
