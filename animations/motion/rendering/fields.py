"""Displacement fields, which bend the picture itself.

A field answers, for each place in the posed picture, how far away in the picture at rest its colour comes from
(subject units, see `pose`): the inverse map, so that fields and matrices compose into one remapping.
"""

import math
from collections.abc import Callable

import numpy as np

from animations.imaging.arrays import Plane
from animations.motion.keyframes import tremble
from animations.motion.rendering.pose import Pose

Shift = tuple[Plane, Plane]
Field = Callable[[Pose, Plane, Plane, float], Shift]

_BANDS = 11


def displace(at: tuple[Pose, ...], x: Plane, y: Plane, half: tuple[float, float]) -> Shift:
    """Return the places (x, y; float32 arrays of one shape) after every layer's field, one after another."""
    for pose in reversed(at):
        field = _FIELDS.get(pose.layer.definition.bend)
        if field is not None and pose["bend"]:
            dx, dy = field(pose, x, y, 2 * half[1])
            x, y = x + dx, y + dy
    return x, y


def is_displaced(at: tuple[Pose, ...]) -> bool:
    """Return whether any layer has a field that is at work."""
    return any(pose.layer.definition.bend and pose["bend"] for pose in at)


def _wave(pose: Pose, x: Plane, y: Plane, _tall: float) -> Shift:
    """Swing rows to the sides, running downward: a flag from the side, a fish from above."""
    angle = np.float32(2 * math.pi) * (np.float32(1.15) * y - np.float32(pose.u))
    return np.float32(0.05 * pose["bend"] * pose["travel"]) * np.sin(angle), np.zeros_like(x)


def _ripple(pose: Pose, x: Plane, y: Plane, _tall: float) -> Shift:
    """Run rings from the middle outward, as on a pond."""
    radius = np.sqrt(x * x + y * y)
    angle = np.float32(2 * math.pi) * (np.float32(3.3) * radius - np.float32(pose["travel"] * pose.u))
    push = np.float32(0.023 * pose["bend"]) * np.sin(angle) / np.maximum(radius, np.float32(0.12))
    return push * x, push * y


def _twist(pose: Pose, x: Plane, y: Plane, _tall: float) -> Shift:
    """Whirl: turn the middle the most, the rim not at all."""
    reach: Plane = np.maximum(1 - (x * x + y * y) / np.float32(0.68**2), np.float32(0))
    angle = np.float32(-math.radians(52) * pose["bend"] * pose["travel"]) * reach * reach
    c, s = np.cos(angle), np.sin(angle)
    return c * x - s * y - x, s * x + c * y - y


def _jelly(pose: Pose, x: Plane, y: Plane, tall: float) -> Shift:
    """Swing the top over a standing foot; what is between comes later the higher it is."""
    height = np.clip(np.float32(0.5) - y / np.float32(tall), np.float32(0), np.float32(1.3))
    swing = np.sin(np.float32(2 * math.pi * pose.u) - np.float32(3.0) * height)
    return np.float32(0.115 * pose["bend"] * pose["travel"]) * height * swing, np.zeros_like(x)


def _slices(pose: Pose, x: Plane, y: Plane, tall: float) -> Shift:
    """Push every other band of a broken picture to a side of its own."""
    shove = [tremble(pose.u, band) if band % 2 else 0.0 for band in range(_BANDS)]
    band = np.clip((y / tall + 0.5) * _BANDS, 0, _BANDS - 1).astype(np.intp)
    return np.float32(0.09 * pose["bend"]) * np.array(shove, np.float32)[band], np.zeros_like(x)


_FIELDS: dict[str, Field] = {
    "wave": _wave,
    "ripple": _ripple,
    "twist": _twist,
    "jelly": _jelly,
    "slices": _slices,
}
