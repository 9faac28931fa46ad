"""Pictures with a known subject, and mattes of them that are wrong in a known way."""

from __future__ import annotations

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture
from animations.matte.compose import compose_cutout
from animations.matte.layers import Layers
from tests.matte.images import GroundTruth, disc

SIDE = 200


def over_grain(truth: GroundTruth, seed: int = 3) -> Picture:
    """Lay the subject on a green ground with grain, as in a photo."""
    part = truth.alpha[..., None]
    grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 30, (*truth.alpha.shape, 3)), (0, 0), 1.5)
    behind = np.array((70, 110, 80), np.float32) + grain
    picture: Picture = np.clip(np.rint(truth.colour * part + behind * (1 - part)), 0, 255).astype(np.uint8)
    return picture


def ball() -> tuple[Picture, Alpha]:
    """Return a red ball over grain, of radius 60 round (100, 100), and its true alpha."""
    truth = disc(SIDE)
    return over_grain(truth), truth.alpha8


def circle(at: tuple[int, int], radius: int) -> Mask:
    mask: Mask = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), at, radius, 1, -1) > 0
    return mask


def layers_of(rgb: Picture, alpha: Alpha, engine: str = "rembg", own: Alpha | None = None) -> Layers:
    return Layers(rgb, own, compose_cutout(engine, rgb, alpha, own), engine)


def error(alpha: Alpha, truth: Alpha, where: Mask | None = None) -> float:
    """Return the sum of the absolute differences, in opaque pixels."""
    differences = np.abs(alpha.astype(np.int16) - truth)
    return float(differences[where if where is not None else ...].sum()) / 255
