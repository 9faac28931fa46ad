"""The bounds of a posed subject, which a renderer fits to its canvas."""

import math

import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Matrix
from animations.motion.rendering.effects import GLOW_REACH
from animations.motion.rendering.fields import displace, is_displaced
from animations.motion.rendering.pose import Pose, ledges, posing_matrix
from animations.motion.rendering.subject import Subject

Point = npt.NDArray[np.float64]

_SLACK = 0.03  # a field is turned round to first order only, a card edge-on is read from a coarse picture


def posed_bounds(subject: Subject, at: tuple[Pose, ...], base: Matrix) -> tuple[Point, Point]:
    """Return the low and the high corner of the posed subject, effects included, after `base` (a uniform placing)."""
    places = _unbent(subject, at)
    seen = base @ posing_matrix(at, subject.half) @ np.vstack((places.T, np.ones(len(places))))
    reach = (seen[:2] / np.maximum(seen[2], 0.05)).T
    pad = np.array(_pad(at)) * base[0, 0]
    low, high = reach.min(axis=0) - pad, reach.max(axis=0) + pad
    for outward in ledges(at):
        axis = 0 if outward[0] else 1
        edge = float((base @ np.array([*np.multiply(outward, subject.half), 1.0]))[axis])
        side = high if sum(outward) > 0 else low
        side[axis] = min(side[axis], edge) if sum(outward) > 0 else max(side[axis], edge)
    return low, high


def unit_lengths(posing: Matrix) -> tuple[float, float]:
    """Return how long a 3×3 matrix makes the unit along the subject's own x and y axis, at its middle."""
    (a, b, x), (c, d, y), (g, h, w) = posing.tolist()
    across = math.hypot(a * w - x * g, c * w - y * g) / (w * w)
    return across, math.hypot(b * w - x * h, d * w - y * h) / (w * w)


def scale_of(posing: Matrix) -> float:
    """Return how many times larger a 3×3 matrix shows the subject at its middle."""
    across, down = unit_lengths(posing)
    return max(1e-3, math.sqrt(across * down))


def centre(posing: Matrix) -> Point:
    """Return where a 3×3 matrix puts the middle of the subject."""
    return np.asarray(posing[:2, 2] / posing[2, 2])


def placing_matrix(grow: float, shift: Point) -> Matrix:
    """Return the 3×3 matrix that sizes by `grow`, then moves by `shift`."""
    return np.array([[grow, 0, shift[0]], [0, grow, shift[1]], [0, 0, 1]])


def _unbent(subject: Subject, at: tuple[Pose, ...]) -> Point:
    """Return where the fields carry the outline: they say where colour comes from, this goes as far the other way."""
    if not is_displaced(at):
        return subject.outline
    x, y = subject.outline.T.astype(np.float32)
    from_x, from_y = displace(at, x, y, subject.half)
    return np.asarray(2 * subject.outline - np.stack((from_x, from_y), axis=1))


def _pad(at: tuple[Pose, ...]) -> tuple[float, float]:
    soft = GLOW_REACH if any(pose["glow"] > 0 for pose in at) else 0.0
    soft += _SLACK if is_displaced(at) or any(pose["tilt"] or pose["tip"] for pose in at) else 0.0
    return soft + sum(abs(pose["split"]) for pose in at), soft
