"""Seams: whether a loop, or a frame that was replaced in it, steps farther than its neighbours do."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from animations.imaging.arrays import Frame
from animations.imaging.premultiply import premultiply

SEAM_LIMIT = 2.0
"""A step may be this many median steps. Of 205 animated emoji half are below 0.45, and 95 in 100 below 1.69."""

_UNNOTICED = 0.5  # grey levels, on average where anything shows: nobody tells such a picture from the other
_UNSEEN = 0.25  # grey levels: no eye sees a smaller step, so none is measured against a smaller one


@dataclass(frozen=True)
class Seam:
    """The step looked at (`step`) against the `usual` one, both in grey levels."""

    step: float
    usual: float

    @property
    def ratio(self) -> float:
        """How many usual steps the step is."""
        return self.step / max(self.usual, _UNSEEN)

    @property
    def smooth(self) -> bool:
        """Whether the step is within SEAM_LIMIT."""
        return self.ratio <= SEAM_LIMIT


def step(a: Frame, b: Frame) -> float:
    """Mean absolute difference of two H×W×4 straight RGBA pictures, premultiplied, in grey levels (0 to 255)."""
    return float(np.abs(premultiply(a) - premultiply(b)).mean())


def looks_alike(a: Frame, b: Frame) -> bool:
    """Whether two H×W×4 straight RGBA pictures look the same, however small what they show is."""
    if a.shape != b.shape:
        return False
    shows = (a[..., 3] > 0) | (b[..., 3] > 0)
    if not shows.any():
        return True
    return float(np.abs(premultiply(a) - premultiply(b))[shows].mean()) < _UNNOTICED


def loop_seam(frames: Sequence[Frame]) -> Seam:
    """The step from the last frame to the first, against the median of the other steps of the loop.

    Raises ValueError for fewer than two frames.
    """
    if len(frames) < 2:
        raise ValueError("a loop needs at least two frames")
    inner = [step(a, b) for a, b in pairwise(frames)]
    return Seam(step(frames[-1], frames[0]), median(inner))


def frame_seam(frames: Sequence[Frame], index: int) -> Seam:
    """The larger of the two steps to and from frame `index` (round the loop), against the median of the rest.

    With fewer than four frames there is no rest that says anything: then all other steps count as they are.
    Raises IndexError for a frame that is not there, ValueError for fewer than two frames.
    """
    if len(frames) < 2:
        raise ValueError("a loop needs at least two frames")
    count = len(frames)
    if not 0 <= index < count:
        raise IndexError(index)
    steps = [step(frames[i], frames[(i + 1) % count]) for i in range(count)]
    touching = {(index - 1) % count, index}
    rest = [each for i, each in enumerate(steps) if i not in touching]
    return Seam(max(steps[i] for i in touching), median(rest or steps))
