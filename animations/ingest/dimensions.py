"""The bounds of the pictures and clips that are taken: sides and areas in px, the shape, the frames of a clip."""

from __future__ import annotations

from typing import Final

from animations.ingest.errors import UnsupportedFile
from animations.ingest.formats import MAX_SIDE
from animations.ingest.process import cpu_time

MAX_PIXELS: Final = 40_000_000
MIN_SIDE: Final = 16
MAX_ASPECT: Final = 20
MAX_CLIP_PIXELS: Final = 4096 * 2304
MAX_CLIP_FRAMES: Final = 6000
"""Of a clip in its file; only a part of them is used."""


def check_bounds(width: int, height: int) -> None:
    """Raise `UnsupportedFile` unless the picture is of a size and shape that can become an emoji.

    From here on the child may use the processor time that this size needs.
    """
    if min(width, height) < MIN_SIDE:
        raise UnsupportedFile(
            "too_small", f"This picture is {width}×{height} px: each side needs {MIN_SIDE} or more."
        )
    if width * height > MAX_PIXELS:
        megapixels = f"{width * height / 1e6:.0f}"
        raise UnsupportedFile("too_many_pixels", f"This picture has {megapixels} megapixels; at most 40 are allowed.")
    if max(width, height) > MAX_SIDE:
        raise UnsupportedFile(
            "too_many_pixels", f"This picture is {width}×{height} px; at most {MAX_SIDE} a side are allowed."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise UnsupportedFile("bad_shape", f"This picture is {width}×{height} px: too long and narrow for an emoji.")
    cpu_time.allow_for(width * height)
