"""Check that what the GPU sent back can be the matte of what it was sent."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from gpu.contract import FrameError

PILLOW_ERRORS: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""Raised by Pillow for a file that is none, is cut short, has a wrong checksum, or claims to be huge."""


def picture_size(image: bytes) -> tuple[int, int]:
    """Read width and height in pixels from the header. (0, 0) for what is no picture: the worker will say so."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            return opened.size
    except PILLOW_ERRORS:
        return (0, 0)


def check_alpha(alpha: bytes, size: tuple[int, int]) -> FrameError | None:
    """Find what is wrong with a frame's alpha, if anything; `internal`, so that it is requested once more.

    It is decoded to its end (within 10 ms for 1024² px), but not before its header has the size that was asked for.
    """
    try:
        with Image.open(io.BytesIO(alpha), formats=("PNG",)) as opened:
            if opened.mode != "L":
                return {"code": "internal", "message": "The GPU sent something else than a matte back."}
            if opened.size != size:
                return {"code": "internal", "message": "The GPU sent a matte of another size back."}
            opened.load()
    except PILLOW_ERRORS:
        return {"code": "internal", "message": "The GPU sent no whole picture back."}
    return None
