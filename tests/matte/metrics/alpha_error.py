"""Figures that say how good an alpha or a cutout is."""

from __future__ import annotations

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Frame


def mean_absolute_difference(alpha: Alpha, truth: Alpha) -> float:
    """Return the mean absolute difference of two H×W uint8 alphas, in [0,1] (the field writes it ×1e3)."""
    return float(np.abs(alpha.astype(np.int16) - truth).mean()) / 255


def mean_halo(cutout: Frame) -> float:
    """Measure how much brighter a cutout's soft edge is (H×W×4 straight RGBA) than the opaque pixel nearest to it.

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
