"""The pose of a subject at a moment of a recipe: a 3×3 matrix, and the values of what is not a matrix.

Subject coordinates: the origin is the middle of the subject's bounding box, 1 is its longest side, x points right
and y points **down** as in pictures. A matrix maps rest to pose as homogeneous columns, so perspective fits in too.
"""

import math
from dataclasses import dataclass

import numpy as np

from animations.imaging.arrays import Matrix
from animations.motion.easing import ease
from animations.motion.keyframes import sample
from animations.motion.recipe import Layer, Recipe

_FOLLOW = 5.5  # degrees that a whole `follow` leans
_LAG = 0.03  # its extreme lies just after the seam: it must not be quick there
_THIN = 0.1  # a card seen edge-on keeps this share of its width
_EYE = 2.6  # distance of the eye from a tilting card

_MAX_HIDDEN = 0.88  # of a subject behind a ledge: its tip is still to be seen

# Channels with an end (nothing is more than hidden): more amplitude would only hold them there.
_MAX_AMPLITUDES = {"fade": 1.05, "peek": 1.05, "glow": 1.7, "rainbow": 1.3}

_SIDEWAYS = ("x", "turn", "lean", "tilt", "follow")


@dataclass(frozen=True)
class Pose:
    """One layer at one moment: its position `u` in the cycle, and its channels' values with the amplitude in them."""

    layer: Layer
    u: float
    values: dict[str, float]

    def __getitem__(self, name: str) -> float:
        """Return the value of a channel; 0, which is rest, for one that the motion lacks."""
        return self.values.get(name, 0.0)


def pose_layers(recipe: Recipe, t: float) -> tuple[Pose, ...]:
    """Return the pose of every layer of `recipe` at `t` (1 is one loop; any real, period 1)."""
    return tuple(_pose(layer, t, recipe.seed + index) for index, layer in enumerate(recipe.layers))


def posing_matrix(at: tuple[Pose, ...], half: tuple[float, float]) -> Matrix:
    """Return the 3×3 matrix from rest to pose, for a subject of the half extents `half` (x, y) in subject units.

    Turns come first, then sizes, then travel, whatever the order of the layers: a spinning ball is squashed by the
    ground below it, not by the ground that it brought along.
    """
    result = np.eye(3)
    for pose in at:
        if pose["turn"] or pose["tilt"] or pose["tip"]:
            result = (
                _about(_anchor(pose, half), _rotation(pose["turn"]) @ _facing(pose["tilt"], pose["tip"])) @ result
            )
    for pose in at:
        if pose["grow"] or pose["stretch"] or pose["lean"]:
            result = _about(_anchor(pose, half), _sizes(pose)) @ result
        if pose["follow"]:
            result = _about((0, half[1]), _rotation(pose["follow"])) @ result
    for pose in at:
        result = _shift(*_travel(pose, half)) @ result
    return result


def ledges(at: tuple[Pose, ...]) -> tuple[tuple[int, int], ...]:
    """Return outward unit vectors of the ledges that layers hide behind: (0, 1) is the one below the subject."""
    return tuple(_ledge(pose) for pose in at if pose.layer.motion == "peek")


def _pose(layer: Layer, t: float, seed: int) -> Pose:
    definition = layer.definition
    u = (t - math.floor(t)) * layer.cycles_per_loop + layer.phase
    u -= math.floor(u)
    values = {}
    # A subject that hides behind a ledge is not squashed down behind it as well.
    amplitude = min(layer.amplitude, _MAX_AMPLITUDES["peek"]) if layer.motion == "peek" else layer.amplitude
    for channel in definition.channels:
        if channel.full_turn and layer.angle:
            values[channel.name] = _there_and_back(layer, u)
            continue
        size = 1.0 if channel.full_turn else min(amplitude, _MAX_AMPLITUDES.get(channel.name, amplitude))
        values[channel.name] = size * sample(channel, u, layer.easing or definition.easing, seed)
    values["follow"] = (
        _FOLLOW * layer.follow * min(1.2, max(0.8, layer.amplitude)) * math.cos(2 * math.pi * (u - _LAG))
    )
    values["travel"] = 1.0
    return Pose(layer, u, _mirrored(values) if layer.mirror else _directed(layer, values))


def _there_and_back(layer: Layer, u: float) -> float:
    """Return the degrees of a turn that is no whole one: its angle in the middle of the cycle, 0 at both ends."""
    return layer.angle * ease(layer.easing or "ease-in-out-sine", 1 - abs(2 * u - 1))


def _mirrored(values: dict[str, float]) -> dict[str, float]:
    return {name: -value if name in (*_SIDEWAYS, "travel") else value for name, value in values.items()}


def _directed(layer: Layer, values: dict[str, float]) -> dict[str, float]:
    own = layer.definition.directions[0] if layer.definition.directions else ""
    way = layer.direction or own
    if way == own or layer.motion == "peek":
        return values
    if own == "right" and way in ("up", "down"):
        side = 1 if way == "up" else -1
        return values | {"x": 0.0, "y": side * values.get("x", 0), "tilt": 0.0, "tip": side * values.get("tilt", 0)}
    if way in ("left", "counterclockwise"):
        return _mirrored(values)
    return values | {"y": -values.get("y", 0), "grow": -values.get("grow", 0), "travel": -1.0}


def _anchor(pose: Pose, half: tuple[float, float]) -> tuple[float, float]:
    x, y = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1), "centre": (0, 0)}[
        pose.layer.anchor or pose.layer.definition.anchor
    ]
    return x * half[0], y * half[1]


def _travel(pose: Pose, half: tuple[float, float]) -> tuple[float, float]:
    away = _ledge(pose)
    hidden = min(_MAX_HIDDEN, pose["peek"])
    return pose["x"] + 2 * half[0] * hidden * away[0], 2 * half[1] * hidden * away[1] - pose["y"]


def _ledge(pose: Pose) -> tuple[int, int]:
    return {"down": (0, -1), "left": (1, 0), "right": (-1, 0)}.get(pose.layer.direction, (0, 1))


def _about(anchor: tuple[float, float], inner: Matrix) -> Matrix:
    return _shift(*anchor) @ inner @ _shift(-anchor[0], -anchor[1])


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def _rotation(degrees: float) -> Matrix:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _facing(tilt: float, tip: float) -> Matrix:
    """Turn a card about its upright (`tilt`) and its level axis (`tip`), seen in perspective."""
    across, near = _seen(tilt)
    down, under = _seen(tip)
    return np.array([[across, 0, 0], [0, down, 0], [near / _EYE, under / _EYE, 1]])


def _seen(degrees: float) -> tuple[float, float]:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return math.copysign(max(abs(c), _THIN), c), s


def _sizes(pose: Pose) -> Matrix:
    wide, high = math.exp(pose["grow"] - pose["stretch"]), math.exp(pose["grow"] + pose["stretch"])
    lean = -math.tan(math.radians(max(-60.0, min(60.0, pose["lean"]))))
    return np.array([[wide, wide * lean, 0], [0, high, 0], [0, 0, 1]])
