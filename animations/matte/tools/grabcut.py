"""Cut a picture along its edges from a few pixels that are sure, on the CPU.

C. Rother, V. Kolmogorov, A. Blake, "GrabCut" (2004), as OpenCV has it. Its time grows faster than the picture, so the
colours of both sides are learned on a copy of at most `LEARNED` px, the cut is made on one of `SIDE`, and its edge
found at full size.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Mask, Picture, Size

SIDE: Final = 192
"""px of the longer side of the copy that is cut: 512² would take half a second, a third of it a tenth of that."""
LEARNED: Final = 128
"""px of the longer side of the copy on which the colours are learned: it saves a tenth of a tap's time, and mends as
many holes as `SIDE` does. With 96, too little of a small hole is seen."""
ROUNDS: Final = 2
SEED: Final = 5
"""Of OpenCV's random numbers, by which colours are clustered: equal requests have equal answers."""

Marks = npt.NDArray[np.uint8]
"""H×W of OpenCV's four classes: sure and probable background (0, 2) and foreground (1, 3)."""


def cut_by_marks(rgb: Picture, likely: Mask, sure_foreground: Mask, sure_background: Mask) -> Mask:
    """Return what of `rgb` (H×W×3 uint8) belongs to the foreground, as an H×W mask.

    `likely` is the first guess where nothing is sure. All foreground if nothing can be background, and the reverse.
    """
    height, width = likely.shape
    (coarse, known), (small, marks) = (
        (_shrunk(rgb, size), _marks(likely, sure_foreground, sure_background, size))
        for size in (_size_within(side, likely) for side in (LEARNED, SIDE))
    )
    if not (known & 1).any() or (known & 1).all():
        return likely
    cv2.setRNGSeed(SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(coarse, known, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    cv2.grabCut(small, marks, None, *models, 1, cv2.GC_EVAL_FREEZE_MODEL)
    share = cv2.resize((marks & 1).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    mask: Mask = (share > 0.5) & ~sure_background | sure_foreground
    return mask


def _size_within(side: int, mask: Mask) -> Size:
    """Return the width and height of a copy whose longer side has at most `side` px."""
    height, width = mask.shape
    scale = min(1.0, side / max(height, width))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _shrunk(rgb: Picture, size: Size) -> Picture:
    small: Picture = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return small


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
