"""Place a loop on a canvas: all of its frames by one scale and one shift, so that nothing moves between them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from animations.finish.options import Placement
from animations.imaging.arrays import Frame, Premultiplied, Size
from animations.imaging.boxes import Box, box_of, union_box
from animations.imaging.levels import peak_level
from animations.imaging.pixel_art import block_side, is_pixel_art
from animations.imaging.premultiply import premultiply, shrink_premultiplied

Point = npt.NDArray[Any]
"""x and y, in px."""


class Margins(NamedTuple):
    """The px that layers need on each side of what shows."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop's measures: the size of its frames, the box round all that shows, its highest alpha.

    `block` is the side in px of the blocks of pixel art, 0 for other pictures.
    """

    size: Size
    box: Box
    peak: int
    block: int


@dataclass(frozen=True, slots=True)
class Placing:
    """The scale of a loop's frames, and the px of the canvas on which their top left corner stands."""

    canvas: Size
    scale: float
    left: int
    top: int
    flip: bool
    block: int
    """The side in px of a block of pixel art on the canvas, 0 for other pictures."""

    def draw(self, frame: Frame) -> Premultiplied:
        """Draw a frame (H×W×4 straight RGBA) on an empty canvas, premultiplied, 0 to 255."""
        frame = np.ascontiguousarray(frame[:, ::-1]) if self.flip else frame
        if self.scale < 1 and not self.block:
            return self._draw_shrunk(frame)
        shift = (self.scale - 1) / 2  # cv2 counts the centre of the first pixel as 0
        matrix = np.array([[self.scale, 0, self.left + shift], [0, self.scale, self.top + shift]])
        mode = cv2.INTER_NEAREST if self.block or self.scale == 1 else cv2.INTER_CUBIC
        drawn = cv2.warpAffine(premultiply(frame), matrix, self.canvas, flags=mode)
        np.clip(drawn, 0, 255, out=drawn)
        np.minimum(drawn[..., :3], drawn[..., 3:], out=drawn[..., :3])
        return np.asarray(drawn, np.float32)

    def _draw_shrunk(self, frame: Frame) -> Premultiplied:
        height, width = frame.shape[:2]
        small = shrink_premultiplied(frame, (max(1, round(width * self.scale)), max(1, round(height * self.scale))))
        canvas = np.zeros((self.canvas[1], self.canvas[0], 4), np.float32)
        to_rows, from_rows = _overlap(self.top, small.shape[0], self.canvas[1])
        to_columns, from_columns = _overlap(self.left, small.shape[1], self.canvas[0])
        canvas[to_rows, to_columns] = small[from_rows, from_columns]
        return canvas


def measure_loop(frames: Iterable[Frame]) -> Loop | None:
    """Measure frames (H×W×4 straight RGBA, of one size), taken one by one; None where nothing shows in any."""
    size, box, peak, sides, is_art = (0, 0), None, 0, [0], True
    for frame in frames:
        size = (frame.shape[1], frame.shape[0])
        box = union_box(box, box_of(frame[..., 3]))
        peak = max(peak, peak_level(frame[..., 3]))
        if is_art and (side := block_side(frame)):
            is_art = is_pixel_art(frame, side)
            sides.append(side)
    return Loop(size, box, peak, math.gcd(*sides) if is_art else 0) if box else None


def place_loop(loop: Loop, placement: Placement, canvas: Size, margins: Margins) -> Placing:
    """Find where on a canvas a loop stands, its shape kept. With `contain`, not zoomed or moved, nothing is lost."""
    box = _mirror(loop.box, loop.size[0]) if placement.flip else loop.box
    stage = _Stage(np.array(loop.size), np.array(box[:2]), np.array(box[2:]), placement, np.array(canvas), margins)
    scale, grid = stage.scale(), 1
    if loop.block:
        scale = _snap(scale, loop.block, placement)
        grid = round(loop.block * scale)
    left, top = (round(place / grid) * grid for place in stage.box_corner(scale) - stage.low * scale)
    return Placing(canvas, scale, left, top, placement.flip, grid if loop.block else 0)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A canvas, and the box (`low` to `high`) round what shows of frames of `size` px. All points are x and y."""

    size: Point
    low: Point
    high: Point
    placement: Placement
    canvas: Point
    margins: Margins

    def scale(self) -> float:
        """Return the scale at which the box fits into the space that is left, or covers the canvas."""
        length = self.high - self.low
        if self.placement.fit == "cover":
            return float(np.max(self.canvas / length)) * self.placement.zoom
        free = np.maximum(1, self.canvas - self.margins[:2] - self.margins[2:])
        return float(np.min((self.canvas / self.size, free / length))) * self.placement.zoom

    def box_corner(self, scale: float) -> Point:
        """Return the px of the canvas at which the box begins."""
        length = (self.high - self.low) * scale
        corner = (self.canvas - length) / 2
        if self.placement.fit == "contain":
            contained = float(np.min(self.canvas / self.size))
            corner = self._into_free_space(corner + contained * (self.low + self.high - self.size) / 2, length)
        corner = corner + self.canvas * (self.placement.x, self.placement.y)
        if self.placement.ground is not None:
            corner[1] = self.placement.ground * self.canvas[1] - length[1]
        return np.asarray(corner)

    def _into_free_space(self, corner: Point, length: Point) -> Point:
        """Move a box that is `length` long into the space that is left; one that is longer is centred there."""
        low, high = np.array(self.margins[:2]), self.canvas - self.margins[2:]
        inside = np.clip(corner, low, np.maximum(low, high - length))
        return np.where(length < high - low, inside, (low + high - length) / 2)


def _snap(scale: float, block: int, placement: Placement) -> float:
    """Return the next scale at which a block of pixel art is a whole number of px."""
    whole = math.ceil(block * scale) if placement.fit == "cover" else math.floor(block * scale + 1e-6)
    return max(1, whole) / block


def _mirror(box: Box, width: int) -> Box:
    return width - box[2], box[1], width - box[0], box[3]


def _overlap(start: int, length: int, side: int) -> tuple[slice, slice]:
    """Return the part of a canvas of `side` px that `length` px from `start` on cover, and the part of those px."""
    first, last = min(max(0, start), side), max(0, min(side, start + length))
    return slice(first, max(first, last)), slice(first - start, max(first, last) - start)
