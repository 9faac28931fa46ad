"""Animated AVIF with alpha, by Pillow (libavif, AOM)."""

from collections.abc import Iterable, Sequence
from typing import Final

from animations.encode.frames import spread_colour
from animations.encode.multi_frame import write_frames
from animations.imaging.arrays import Frame

SETTINGS: Final = {"speed": 6, "max_threads": 1, "range": "limited"}
"""libavif's own speed, of 0 (the slowest) to 10; browsers show the full range in wrong colours."""


def encode(frames: Iterable[Frame], delays_ms: Sequence[int], quality: int) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) as an AVIF that plays for ever; `quality` is 0 to 100."""
    return write_frames("AVIF", map(spread_colour, frames), delays_ms, quality=quality, **SETTINGS)
