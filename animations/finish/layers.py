"""The layers round what shows, as coverages (H×W, 0 to 1) of one colour each."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Plane, Premultiplied

MEASURED_SIDE: Final = 512
"""The px at which an outline is measured: its edge is smooth at a fraction of a pixel."""


def draw_outline(alpha: Plane, level: float, width: float) -> Plane:
    """Draw a line `width` px wide round all pixels of `alpha` from `level` on, and under them; its edge is soft.

    The distance to the shape is Euclidean to within 2 %, so the line is nearly as wide at every angle.
    """
    height, wide = alpha.shape
    times = max(1, min(4, MEASURED_SIDE // max(height, wide)))
    large = cv2.resize(alpha, (wide * times, height * times), interpolation=cv2.INTER_LINEAR)
    outside = (large < level).view(np.uint8)
    if outside.all():
        return np.zeros_like(alpha)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_5)
    covered = np.clip(width + 0.5 - (distance - 0.5) / times, 0, 1)
    return np.asarray(cv2.resize(covered, (wide, height), interpolation=cv2.INTER_AREA), np.float32)


def draw_block_outline(alpha: Plane, level: float, width: int) -> Plane:
    """Draw a line of hard pixels, as pixel art has it: `width` px wide round all pixels from `level` on."""
    shape = (alpha >= level).astype(np.float32)
    grown: Plane = cv2.dilate(shape, np.ones((2 * width + 1, 2 * width + 1), np.uint8))
    return grown


def draw_shadow(shape: Plane, opacity: float, blur: float, distance: float) -> Plane:
    """Draw the shadow of a shape (H×W, 0 to 1), `distance` px below it; its edge is soft over `blur` px each way."""
    matrix = np.array([[1, 0, 0], [0, 1, round(distance)]], np.float64)
    fallen = cv2.warpAffine(shape, matrix, (shape.shape[1], shape.shape[0]), flags=cv2.INTER_NEAREST)
    side = 2 * round(blur) + 1
    soft = cv2.GaussianBlur(fallen, (side, side), blur / 2, borderType=cv2.BORDER_CONSTANT) if side > 1 else fallen
    return np.asarray(soft * np.float32(opacity))


def put_under(picture: Premultiplied, covered: Plane, colour: str) -> None:
    """Put a layer of one colour (`#rrggbb`) under a picture (premultiplied, 0 to 255), in its place."""
    rest = covered * (1 - picture[..., 3] / np.float32(255))
    for channel, value in enumerate((*bytes.fromhex(colour[1:]), 255)):
        picture[..., channel] += rest * np.float32(value)


def put_over(picture: Premultiplied, layer: Premultiplied, left: int, top: int) -> None:
    """Put a layer (premultiplied, 0 to 255) over a part of a picture, in its place; it lies inside of it."""
    under = picture[top : top + layer.shape[0], left : left + layer.shape[1]]
    under *= 1 - layer[..., 3:] / np.float32(255)
    under += layer
