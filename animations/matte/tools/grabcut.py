"""Cut a picture along its edges from a few pixels that are sure, on the CPU.

C. Rother, V. Kolmogorov, A. Blake, "GrabCut" (2004), as OpenCV has it. Its time grows faster than the picture, so the
cut is made on a copy of at most `SIDE` px, and its edge found at full size.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Mask, Picture, Size

SIDE: Final = 192
"""px of the longer side of the copy that is cut: 512² would take half a second, a third of it a tenth of that."""
SEED: Final = 5
"""Of OpenCV's random numbers, by which colours are clustered: equal requests have equal answers."""

Marks = npt.NDArray[np.uint8]
"""H×W of OpenCV's four classes: sure and probable background (0, 2) and foreground (1, 3)."""


def cut_by_marks(
    rgb: Picture, likely: Mask, sure_foreground: Mask, sure_background: Mask, rounds: int = 1, side: int = SIDE
) -> Mask:
    """Return what of `rgb` (H×W×3 uint8) belongs to the foreground, as an H×W mask.

    `likely` is the first guess where nothing is sure; the colours of both sides are learned from it, and in
    further `rounds` from the cut before. The copy that is cut has at most `side` px. All foreground if nothing can be
    background, and the reverse.
    """
    height, width = likely.shape
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    marks = _marks(likely, sure_foreground, sure_background, size)
    if not (marks & 1).any() or (marks & 1).all():
        return likely
    cv2.setRNGSeed(SEED)
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    cv2.grabCut(small, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), rounds, cv2.GC_INIT_WITH_MASK)
    share = cv2.resize((marks & 1).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    mask: Mask = (share > 0.5) & ~sure_background | sure_foreground
    return mask


def _marks(likely: Mask, foreground: Mask, background: Mask, size: Size) -> Marks:
    """Return the classes on the small copy; a small place that is sure outweighs what is round it."""
    marks = np.where(_share(likely, size) > 0.5, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_PR_BGD))
    front, back = _share(foreground, size), _share(background, size)
    marks[(front > 0) & (front >= back)] = cv2.GC_FGD
    marks[(back > 0) & (back > front)] = cv2.GC_BGD
    return marks


def _share(mask: Mask, size: Size) -> npt.NDArray[np.float32]:
    share: npt.NDArray[np.float32] = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return share
