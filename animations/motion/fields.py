"""Displacement fields: how the picture itself bends.

A field answers, for each place in the posed picture, how far away in the picture at rest its colour comes from
(subject units, see `pose`): the inverse map, so that fields and matrices compose into one remapping.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from animations.motion.keyframes import tremble
from animations.motion.pose import Pose

Plane = npt.NDArray[np.float32]
Field = Callable[[Pose, Plane, Plane, tuple[float, float]], tuple[Plane, Plane]]

_BANDS = 11


def bent(at: tuple[Pose, ...], x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """The places (x, y; float32 arrays of one shape) after every layer's field, one after another."""
    for pose in reversed(at):
        field = _FIELDS.get(pose.layer.term.bend)
        if field is not None and pose["bend"]:
            dx, dy = field(pose, x, y, half)
            x, y = x + dx, y + dy
    return x, y


def bends(at: tuple[Pose, ...]) -> bool:
    """Whether any layer has a field that is at work."""
    return any(pose.layer.term.bend and pose["bend"] for pose in at)


def _wave(pose: Pose, x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """Rows swing to the sides, the swing runs downward: a flag from the side, a fish from above."""
    angle = 2 * math.pi * (1.15 * y - pose.u)
    return np.float32(0.05 * pose["bend"] * pose["travel"]) * np.sin(angle), np.float32(0.0) * x


def _ripple(pose: Pose, x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """Rings that run from the middle outward, as on a pond."""
    radius = np.sqrt(x * x + y * y)
    angle = 2 * math.pi * (2.6 * radius - pose["travel"] * pose.u)
    push = np.float32(0.032 * pose["bend"]) * np.sin(angle) / np.maximum(radius, np.float32(0.12))
    return push * x, push * y


def _twist(pose: Pose, x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """A whirl: the middle is turned the most, the rim not at all."""
    reach = np.maximum(1 - (x * x + y * y) / np.float32(0.68**2), 0)
    angle = np.float32(-math.radians(62) * pose["bend"] * pose["travel"]) * reach * reach
    c, s = np.cos(angle), np.sin(angle)
    return c * x - s * y - x, s * x + c * y - y


def _jelly(pose: Pose, x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """The foot stands, the top swings, and what is between comes later the higher it is."""
    height = np.clip((half[1] - y) / (2 * half[1]), 0, 1.3).astype(np.float32)
    swing = np.sin(2 * math.pi * pose.u - 2.4 * height)
    return np.float32(0.105 * pose["bend"] * pose["travel"]) * height * swing, np.float32(0.0) * x


def _slices(pose: Pose, x: Plane, y: Plane, half: tuple[float, float]) -> tuple[Plane, Plane]:
    """Bands of a broken picture, every other one pushed to a side of its own."""
    shove = [tremble(f"band {band}", pose.u, 0) if band % 2 else 0.0 for band in range(_BANDS)]
    band = np.clip((y / (2 * half[1]) + 0.5) * _BANDS, 0, _BANDS - 1).astype(np.intp)
    return np.float32(0.09 * pose["bend"]) * np.array(shove, np.float32)[band], np.float32(0.0) * x


_FIELDS: dict[str, Field] = {
    "wave": _wave,
    "ripple": _ripple,
    "twist": _twist,
    "jelly": _jelly,
    "slices": _slices,
}
