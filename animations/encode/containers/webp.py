"""Animated WebP, lossy with alpha, by Pillow (libwebp)."""

from collections.abc import Iterable, Sequence

from animations.encode.frames import clear_hidden_colour
from animations.encode.multi_frame import write_frames
from animations.imaging.arrays import Frame

METHOD = 4  # 0, the default, gives files a fifth larger; 6 takes seventy times as long


def encode(
    frames: Iterable[Frame],
    delays_ms: Sequence[int],
    quality: int,
    alpha_quality: int,
    loops: int = 0,
    *,
    lossless: bool = False,
) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) as a WebP that plays `loops` times (0 for ever), with exact delays.

    `quality` and `alpha_quality` run from 0 to 100; the second is the cheaper one to give up on soft edges.
    `lossless` keeps every colour: of few, it takes fewer bytes.
    """
    settings = {"quality": quality, "alpha_quality": alpha_quality, "lossless": lossless, "loop": loops}
    method = 0 if lossless else METHOD
    return write_frames("WEBP", map(clear_hidden_colour, frames), delays_ms, method=method, **settings)
