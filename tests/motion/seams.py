"""The seam of a whole loop, measured in tests of motions: the product replaces single frames only."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from animations.imaging.arrays import Frame
from animations.imaging.difference import loop_steps
from animations.motion.seam import SEAM_LIMIT, Seam, frame_seam


def replaced_frame_seam(frames: Sequence[Frame], index: int) -> Seam:
    return frame_seam(loop_steps(frames), index)


def loop_seam(frames: Sequence[Frame]) -> Seam:
    """Compare the step from the last frame to the first with the median of the others."""
    *inner, last = loop_steps(frames)
    return Seam(last, median(inner))


def is_smooth(seam: Seam) -> bool:
    return seam.ratio <= SEAM_LIMIT
