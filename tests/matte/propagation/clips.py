"""A ball that moves over grain, and mattes of it that are wrong in a known way."""

from __future__ import annotations

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colours, Mask, Picture

SIDE = 160
RADIUS = 40
Place = tuple[float, float]


def grain(seed: int) -> Colours:
    """Return deviations from a colour, as those of cloth or grass."""
    noise = np.random.default_rng(seed).normal(0, 90, (SIDE, SIDE, 3)).astype(np.float32)
    clipped: Colours = np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5), -90, 90)
    return clipped


def moved(dx: float, dy: float) -> tuple[Picture, Alpha]:
    """Return a red ball of radius 40 at (70 + dx, 80 + dy) over a green ground that stays, and its true alpha."""
    middle = 70 + dx, 80 + dy
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    alpha = np.clip(RADIUS - np.hypot(xs - middle[0], ys - middle[1]) + 0.5, 0, 1)[..., None]
    behind = np.array((70, 110, 80)) + grain(1)
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    front = np.array((200, 60, 40)) + cv2.warpAffine(grain(2), shift, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)
    picture = np.clip(np.rint(front * alpha + behind * (1 - alpha)), 0, 255).astype(np.uint8)
    return picture, np.rint(255 * alpha[..., 0]).astype(np.uint8)


def blob(at: Place, radius: int) -> Mask:
    mask: Mask = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (round(at[0]), round(at[1])), radius, 1, -1) > 0
    return mask


def wrong(alpha: Alpha, truth: Alpha) -> float:
    """Return the sum of the absolute differences, in opaque pixels."""
    return float(np.abs(alpha.astype(np.int16) - truth).sum()) / 255
