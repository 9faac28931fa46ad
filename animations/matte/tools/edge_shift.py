"""The edge of a matte moved in or out, and softened."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Picture, Plane
from animations.matte.layers import Layers

SQUARE: Final = np.ones((3, 3), np.uint8)
CROSS: Final = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
SIGMAS: Final = 2.0
"""Of the blur that make up the width over which an edge fades, to each side of it."""


def adjust_edge(layers: Layers, shift: float, feather: float, *, decontaminate: bool) -> Picture:
    """Return the cutout with its edge `shift` px further out (below 0: in), fading over `feather` px.

    `decontaminate` takes the background's colour out of all soft pixels; without it they look as they came.
    """
    alpha = feather_alpha(shift_alpha(layers.alpha, shift), feather)
    alpha = layers.within_own(alpha)
    return layers.cut(alpha, decontaminate=decontaminate, anew=(alpha > 0) & (alpha < 255))


def shift_alpha(alpha: Alpha, shift: float) -> Alpha:
    """Move the edge of an H×W uint8 alpha out by `shift` px, or in below 0; how soft it is does not change.

    By squares and crosses in turn, whose sum is nearly round and takes a time that grows with `shift` alone.
    """
    move = cv2.dilate if shift > 0 else cv2.erode
    whole, part = divmod(abs(shift), 1)
    moved = alpha
    for step in range(int(whole)):
        moved = move(moved, SQUARE if step % 2 else CROSS)
    if part:
        further = move(moved, SQUARE if int(whole) % 2 else CROSS)
        moved = cv2.addWeighted(moved, 1 - part, further, part, 0)
    shifted: Alpha = moved
    return shifted


def feather_alpha(alpha: Alpha, feather: float) -> Alpha:
    """Let the edge of an H×W uint8 alpha fade over `feather` px, half of them to each side."""
    if feather <= 0:
        return alpha
    sigma = feather / (2 * SIGMAS)
    blurred: Plane = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    soft: Alpha = np.rint(blurred).astype(np.uint8)
    return soft
