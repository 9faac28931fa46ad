"""Tell people in words how much of their picture was cropped away."""

from __future__ import annotations

from typing import Final

from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import Box, box_of, crop_to

CODE: Final = "cropped"
NOTED_GAIN: Final = 3.0
"""A picture is always fitted to what it shows. It is said where the picture is this many times larger, by area."""
TEXT: Final = "Cropped to what it shows: {} × {} of {} × {} pixels."


def describe_crop(box: Box | None, size: Size) -> str:
    """Describe a crop of a canvas of `size` in a sentence; "" where there is none."""
    return TEXT.format(box[2] - box[0], box[3] - box[1], *size) if box else ""


def describe_cutout(cutout: Picture) -> str:
    """Describe what frames drawn of an H×W×4 cutout leave out; "" where that is little."""
    size = cutout.shape[1], cutout.shape[0]
    return describe_crop(crop_to(box_of(cutout[..., 3]), size, NOTED_GAIN), size)
