"""The surface round a place: what is connected to it by small steps of colour."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Mask, Picture
from animations.matte.tools.grabcut import SIDE

STEP: Final = 4
"""Levels of L*, a* or b* between neighbours on one surface, that is shaded."""
FAR: Final = 45
"""Levels from the place itself, beyond which it is another."""
BLUR: Final = 5
"""px on the small copy: a median over so many takes grain and thin lines out."""


def connected_alike(rgb: Picture, at: tuple[int, int]) -> Mask:
    """Return the surface of `rgb` (H×W×3 uint8) at the pixel `at` (x, y), found on a copy of at most `SIDE` px."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.medianBlur(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), BLUR)
    colours = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    x, y = min(size[0] - 1, int(at[0] * scale)), min(size[1] - 1, int(at[1] * scale))
    near = np.abs(colours.astype(np.int16) - colours[y, x]).max(axis=2) <= FAR
    surface = ((_flooded(colours, (x, y)) > 0) & near).astype(np.uint8)
    closed = cv2.morphologyEx(surface, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(np.float32)
    mask: Mask = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    return mask


def _flooded(colours: Picture, at: tuple[int, int]) -> Picture:
    height, width = colours.shape[:2]
    mask = np.zeros((height + 2, width + 2), np.uint8)
    cv2.floodFill(colours, mask, at, 0, (STEP,) * 3, (STEP,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8))
    return mask[1:-1, 1:-1]
