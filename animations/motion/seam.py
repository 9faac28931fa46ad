"""Seams: whether a frame that was replaced in a loop steps farther than the others do.

No NumPy: the web process reads this file. A step is the mean difference from one frame to the next, in grey levels,
as `imaging.difference.loop_steps` measures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

SEAM_LIMIT: Final = 2.0
"""A step may be this many median steps. Of 205 animated emoji half are below 0.45, and 95 in 100 below 1.69."""
_UNSEEN: Final = 0.25
"""Grey levels: no eye sees a smaller step, so none is measured against a smaller one."""


@dataclass(frozen=True)
class Seam:
    """The `step` in question against the `usual` one, both in grey levels."""

    step: float
    usual: float

    @property
    def ratio(self) -> float:
        """The step in usual steps."""
        return self.step / max(self.usual, _UNSEEN)


def frame_seam(steps: Sequence[float], index: int) -> Seam:
    """Compare the larger of the two steps to and from frame `index` with the median of the rest.

    `steps` go round the loop: one from each frame to the next, the last one to the first frame. Of two frames
    there is no rest: the median of both steps counts.
    Raises `IndexError` for a frame that is not there, `ValueError` for fewer than two frames.
    """
    count = len(steps)
    if count < 2:
        raise ValueError("a loop needs at least two frames")
    if not 0 <= index < count:
        raise IndexError(index)
    touching = {(index - 1) % count, index}
    rest = [step for at, step in enumerate(steps) if at not in touching]
    return Seam(max(steps[at] for at in touching), median(rest or steps))
