"""Figures that say how good an alpha or a cutout is."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Alpha
from animations.imaging.levels import peak, solid_from

LEAST_PEAK: Final = 24
"""A model that is nowhere surer than this has found nothing."""
LEAST_SHARE: Final = 2e-5
"""The least share of pixels at half the peak or more: 20 px in a megapixel, a square of 4 or 5 px."""


def mean_absolute_difference(alpha: Alpha, truth: Alpha) -> float:
    """The mean absolute difference of two H×W uint8 alphas, in [0,1] (the field writes it ×1e3)."""
    return float(np.abs(alpha.astype(np.int16) - truth).mean()) / 255


def shows_something(alpha: Alpha) -> bool:
    """Whether an engine found a subject at all: the H×W uint8 alpha has a clear level, and more than specks of it.

    Both are measured by the alpha itself, so that what is translucent or tiny counts as found.
    """
    clear = int(np.count_nonzero(alpha >= solid_from(alpha)))
    return peak(alpha) >= LEAST_PEAK and clear >= max(1, LEAST_SHARE * alpha.size)


def halo(cutout: npt.NDArray[np.uint8]) -> float:
    """How much brighter the soft edge of an H×W×4 straight RGBA cutout is than the opaque pixel nearest to it.

    In grey levels as seen on black (weighted by alpha), the mean over all pixels that are neither opaque nor gone;
    0 when none is. A rim of a white background is some tens, a clean edge a few.
    """
    alpha = cutout[..., 3]
    soft, opaque = (alpha > 0) & (alpha < 255), alpha == 255
    if not soft.any() or not opaque.any():
        return 0.0
    grey = cutout[..., :3].astype(np.float32).mean(axis=2)
    _, labels = cv2.distanceTransformWithLabels(
        (~opaque).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    inside = np.zeros(int(labels.max()) + 1, np.float32)
    inside[labels[opaque]] = grey[opaque]
    brighter = np.maximum(grey[soft] - inside[labels[soft]], 0) * alpha[soft] / 255
    return float(brighter.mean())
