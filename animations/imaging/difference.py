"""Measure how much pictures differ as they are seen: straight RGBA, compared with colours premultiplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from animations.imaging.arrays import Frame
from animations.imaging.premultiply import premultiply

UNNOTICED: Final = 0.5
"""Grey levels, on average where anything shows: nobody tells such a picture from the other."""


def mean_difference(one: Frame, other: Frame) -> float:
    """Return the mean absolute difference of two pictures of one size, in grey levels (0 to 255)."""
    return float(np.abs(premultiply(one) - premultiply(other)).mean())


def looks_alike(one: Frame, other: Frame) -> bool:
    """Return whether two pictures look the same, however small what they show is."""
    if one.shape != other.shape:
        return False
    shows = (one[..., 3] > 0) | (other[..., 3] > 0)
    if not shows.any():
        return True
    return float(np.abs(premultiply(one) - premultiply(other))[shows].mean()) < UNNOTICED


def loop_steps(frames: Sequence[Frame]) -> list[float]:
    """Return the mean difference from each frame to the next one, from the last to the first."""
    return [
        mean_difference(frame, following) for frame, following in zip(frames, [*frames[1:], frames[0]], strict=True)
    ]
