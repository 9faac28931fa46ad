"""Animated AVIF with alpha, by Pillow (libavif, AOM)."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image

from animations.encode.frames import spread_colour
from animations.imaging.arrays import Frame

SPEED: Final = 6
"""libavif's own default; 0 is the slowest."""


def encode(frames: Sequence[Frame], delays_ms: Sequence[int], quality: int) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) as an AVIF that plays for ever; `quality` is 0 to 100."""
    first, *rest = [Image.fromarray(spread_colour(frame)) for frame in frames]
    file = io.BytesIO()
    first.save(
        file,
        "AVIF",
        save_all=True,
        append_images=rest,
        duration=list(delays_ms),
        quality=quality,
        speed=SPEED,
        max_threads=1,
        range="limited",  # browsers show the full range in wrong colours
    )
    return file.getvalue()
