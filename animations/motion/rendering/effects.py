"""Colour effects on a posed picture: H×W×4 premultiplied float32 RGBA in [0, 1]."""

import math

import cv2
import numpy as np

from animations.imaging.arrays import Premultiplied
from animations.motion.rendering.pose import Pose

# Radius (σ) of the light around a glowing subject, in subject units, and how far it can be seen.
GLOW_SIGMA = 0.05
GLOW_REACH = 0.13

MIN_LEFT = 0.22
"""The least opacity that fading leaves: a frame in which nothing shows looks like a broken file."""

# Ghosts of a split picture, premultiplied.
_RED = np.array([0.9, 0.08, 0.25, 0.9], np.float32)
_CYAN = np.array([0.0, 0.8, 0.9, 0.9], np.float32)

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_GREY = np.tile(_LUMA, (3, 1))
# A quarter turn of chroma about the grey axis (Rodrigues): with it, cos and sin turn hue by any angle.
_QUARTER = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], np.float32) / np.float32(math.sqrt(3))
_TINT = np.array([0.5, -0.14, -0.36], np.float32)  # the colour that even a grey picture gets


def apply_effects(picture: Premultiplied, at: tuple[Pose, ...], unit: float) -> Premultiplied:
    """Apply every layer's colour effects to `picture`; `unit` is the subject's longest side in pixels."""
    for pose in at:
        if pose["split"]:
            picture = _split(picture, pose["split"] * unit)
        if pose["rainbow"]:
            picture = _rainbow(picture, pose["rainbow"], pose.u * pose["travel"])
    for pose in at:
        if pose["glow"]:
            picture = _glow(picture, pose["glow"], unit)
    return picture * np.float32(_left(at)) if any(pose["fade"] for pose in at) else picture


def _left(at: tuple[Pose, ...]) -> float:
    """Return the share of opacity that all fading layers leave together; never too little to be seen."""
    return max(MIN_LEFT, math.prod(1 - min(1.0, max(0.0, pose["fade"])) for pose in at))


def cut_at_ledge(picture: Premultiplied, outward: tuple[int, int], edge: float) -> Premultiplied:
    """Cut `picture` softly at a ledge: gone where the pixel's place along `outward` is beyond `edge` (px)."""
    axis = 1 if outward[0] else 0
    places = np.arange(picture.shape[axis], dtype=np.float32) * sum(outward)
    kept = np.clip(edge + 0.5 - places, 0, 1)
    cut: Premultiplied = picture * (kept[None, :, None] if axis else kept[:, None, None])
    return cut


def _split(picture: Premultiplied, shift: float) -> Premultiplied:
    """Draw a red ghost to one side and a cyan one to the other, behind the subject, as on a badly tuned screen."""
    for side, ghost in ((-shift, _RED), (shift, _CYAN)):
        behind_it = _moved(picture[..., 3], side)[..., None] * ghost
        picture = picture + (1 - picture[..., 3:]) * behind_it
    return picture


def _moved(picture: Premultiplied, shift: float) -> Premultiplied:
    size = (picture.shape[1], picture.shape[0])
    moved: Premultiplied = cv2.warpAffine(
        picture, np.array([[1, 0, shift], [0, 1, 0]], np.float64), size, flags=cv2.INTER_LINEAR
    )
    return moved


def _rainbow(picture: Premultiplied, strength: float, u: float) -> Premultiplied:
    """Run hues across the picture from corner to corner, brightness kept."""
    height, width = picture.shape[:2]
    across = np.add.outer(np.arange(height, dtype=np.float32) / height, np.arange(width, dtype=np.float32) / width)
    angle = np.float32(2 * math.pi) * (np.float32(0.42) * (across - 1) - np.float32(u))
    c, s = np.cos(angle)[..., None], np.sin(angle)[..., None]
    colour, alpha = picture[..., :3], picture[..., 3:]
    chroma = cv2.transform(colour, np.eye(3, dtype=np.float32) - _GREY) + np.float32(0.42) * alpha * _TINT
    turned = c * chroma + s * cv2.transform(chroma, _QUARTER)
    hued = cv2.transform(colour, _GREY) + turned
    mixed = colour + np.float32(min(1.0, strength)) * (hued - colour)
    return np.dstack((np.clip(mixed, 0, alpha), alpha))


def _glow(picture: Premultiplied, strength: float, unit: float) -> Premultiplied:
    """Brighten the subject, and lay light of its own colour around it."""
    alpha = picture[..., 3:]
    lit = picture[..., :3] + np.float32(0.18 * strength) * (alpha - picture[..., :3])
    weight = float(alpha.sum()) or 1.0
    own = picture[..., :3].sum(axis=(0, 1)) / weight
    light = own / max(float(own.max()), 1e-3) * np.float32(0.7) + np.array([0.3, 0.28, 0.12], np.float32)
    halo = np.clip(_halo(picture[..., 3], GLOW_SIGMA * unit) * np.float32(strength), 0, 1)
    room = (1 - alpha) * halo[..., None]
    return np.dstack((lit + room * np.clip(light, 0, 1), alpha + room))


def _halo(alpha: Premultiplied, sigma: float) -> Premultiplied:
    """Blur alpha so that it ends before GLOW_REACH. At half size: it is soft, and four times as quick."""
    small = cv2.resize(alpha, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / 2), borderType=cv2.BORDER_CONSTANT)
    wide: Premultiplied = cv2.resize(blurred, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)
    bright: Premultiplied = np.clip((wide - np.float32(0.006)) * np.float32(1.35), 0, 1)
    return bright
