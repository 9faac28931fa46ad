"""What is said about a crop."""

from __future__ import annotations

from typing import Final

from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import Box, box_of, crop_to

CODE: Final = "cropped"
WORTH_SAYING: Final = 3.0
"""A picture is always fitted to what it shows. It is said where the picture is this many times larger, by area."""
TEXT: Final = "Cropped to what it shows: {} × {} of {} × {} pixels."


def note(box: Box | None, size: Size) -> str:
    """Return the sentence about a crop of a canvas of `size`; "" where there is none."""
    return TEXT.format(box[2] - box[0], box[3] - box[1], *size) if box else ""


def of_cutout(cutout: Picture) -> str:
    """Return the sentence about an H×W×4 cutout that frames are drawn of; "" where there is little to say."""
    size = cutout.shape[1], cutout.shape[0]
    return note(crop_to(box_of(cutout[..., 3]), size, WORTH_SAYING), size)
