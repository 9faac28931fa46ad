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


HANDLE = (243, 280)
"""Where one would tap to see through the handle of `cup`."""


def cup() -> tuple[Picture, Alpha, Mask]:
    """Return a red cup on its saucer on a brown table, the alpha of both, and the dark patch behind the handle.

    As in a photo, shadows go from that patch through a gap in its bright rim on over the saucer, by small steps, and
    the table is nearly as red.
    """
    size = (400, 600)
    noise = np.random.default_rng(5).normal(0, 1, (*size, 1))
    grain = 250 * cv2.GaussianBlur(noise, (0, 0), sigmaX=12, sigmaY=1)[..., None]
    saucer, body = _ellipse(size, (280, 230), (200, 160)), _ellipse(size, (290, 170), (105, 105))
    mouth, handle, inside = (
        _ellipse(size, (290, 110), (117, 90)),
        _ellipse(size, (230, 278), (24, 42)),
        _ellipse(size, HANDLE, (12, 25)),
    )
    depth = np.hypot(*(np.indices(size) - np.array((290, 250))[:, None, None]))
    rgb = np.where(saucer[..., None], np.array((165, 40, 18)) * np.clip(depth / 150, 0.15, 1)[..., None], 0)
    rgb = np.where(saucer[..., None], rgb + 2 * noise, np.array((140, 75, 45)) + grain + 3 * noise)
    rgb[body], rgb[mouth], rgb[handle] = (120, 26, 12), (235, 220, 205), (150, 38, 20)
    cv2.ellipse(rgb, HANDLE, (14, 27), 0, -110, 60, (150, 90, 60), 2)
    rgb[inside] = (26, 6, 3)
    picture: Picture = np.clip(cv2.GaussianBlur(rgb, (0, 0), 0.8), 0, 255).astype(np.uint8)
    return picture, np.where(saucer | body | mouth, 255, 0).astype(np.uint8), inside


def wires(seed: int) -> tuple[Picture, Alpha, Alpha]:
    """Return a dark ring and a dark bar on grey grain, 8 px wide, their true alpha, and one with a leak between."""
    truth, leak = np.zeros((2, 300, 300), np.uint8)
    cv2.circle(truth, (110, 150), 45, 255, 8, cv2.LINE_AA)
    cv2.line(truth, (185, 70), (185, 230), 255, 8, cv2.LINE_AA)
    cv2.ellipse(leak, (170, 150), (15, 24), 0, 0, 360, 255, -1)
    grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, truth.shape), (0, 0), 2)
    part = truth[..., None] / 255
    rgb = (110 + 28 * grain / grain.std())[..., None] * (1 - part) + np.array((62, 58, 70)) * part
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8), truth, np.maximum(truth, leak)


def glossy_block() -> tuple[Picture, Alpha]:
    """Return a red block on blue-grey grain, and its true alpha; the ground is mirrored in its soft lower edge."""
    truth = np.zeros((SIDE, SIDE), np.uint8)
    truth[:100], truth[100:103] = 255, np.array([[180], [120], [60]])
    colour, behind = np.array((200, 60, 40)), np.array((140, 150, 170))
    grain = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, (SIDE, SIDE, 3)), (0, 0), 1.5)
    part = truth[..., None] / 255
    rgb = (behind + 10 * grain / grain.std()) * (1 - part) + colour * part
    rgb[100:] += (behind - (5, 5, 5) - colour) * part[100:]
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8), truth


def _ellipse(size: tuple[int, int], at: tuple[int, int], axes: tuple[int, int]) -> Mask:
    drawn: Mask = cv2.ellipse(np.zeros(size, np.uint8), at, axes, 0, 0, 360, 1, -1) > 0
    return drawn
