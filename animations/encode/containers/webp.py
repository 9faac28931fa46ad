"""Animated WebP, lossy with alpha, by Pillow (libwebp)."""

import io
from collections.abc import Sequence

from PIL import Image

from animations.encode.frames import clear_hidden_colour
from animations.imaging.arrays import Frame

METHOD = 4  # 0, the default, gives files a fifth larger; 6 takes seventy times as long


def encode(
    frames: Sequence[Frame],
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
    first, *rest = [Image.fromarray(clear_hidden_colour(frame)) for frame in frames]
    file = io.BytesIO()
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=list(delays_ms),
        loop=loops,
        quality=quality,
        alpha_quality=alpha_quality,
        lossless=lossless,
        method=0 if lossless else METHOD,
    )
    return file.getvalue()
