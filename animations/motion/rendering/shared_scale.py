"""The bounds of a loop: what a subject takes up in a motion, and the square in which several share one scale."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from animations.motion.recipe import Recipe
from animations.motion.rendering.bounds import Point, posed_bounds, unit_lengths
from animations.motion.rendering.pose import pose_layers, posing_matrix
from animations.motion.rendering.subject import Subject

_MOMENTS = 120  # of a loop, looked at to fit it: every frame of the usual counts is among them


@dataclass(frozen=True)
class LoopBounds:
    """The `low` and the `high` corner of all that a loop shows, in subject units, and its largest `zoom`."""

    low: Point
    high: Point
    zoom: float


@dataclass(frozen=True)
class Square:
    """The square that is fitted to a canvas: its side `length` and its `middle`, in subject units."""

    length: float
    middle: Point


def measure_loop(subject: Subject, recipe: Recipe) -> LoopBounds:
    """Measure the bounds of a subject, effects included, over the whole loop of a recipe."""
    boxes, zoom = [], 0.1
    for moment in range(_MOMENTS):
        at = pose_layers(recipe, moment / _MOMENTS)
        boxes.append(posed_bounds(subject, at, np.eye(3)))
        zoom = max(zoom, *unit_lengths(posing_matrix(at, subject.half)))
    return LoopBounds(np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0), zoom)


def share_scale(own: LoopBounds, others: Iterable[LoopBounds]) -> Square:
    """Return the square that is fitted to a loop's canvas, in which it shares scale and ground line with the others.

    All get the smallest scale that one of them needs. Up and down they have one place; sideways each stands in the
    middle of its canvas.
    """
    every = (own, *others)
    top, bottom = min(each.low[1] for each in every), max(each.high[1] for each in every)
    widest = max(each.high[0] - each.low[0] for each in every)
    return Square(float(max(widest, bottom - top)), np.array([own.low[0] + own.high[0], top + bottom]) / 2)
