"""Tell whether a picture stands on plain white, by its border."""

from __future__ import annotations

from statistics import median
from typing import Final

from PIL import Image

WHITE_FROM: Final = 225
"""The darkest channel of a background that is still white: paper, and a photo of it, are not pure."""
WHITE_SHARE: Final = 0.7
"""Of the border, so that a subject may be cut by one of its sides."""
EVEN: Final = 14
"""Levels by which a plain background may vary; noise of single pixels is gone from the copy."""


def has_white_border(picture: Image.Image) -> bool:
    """Return whether most of the border is one colour close to white. Pixels that are not opaque do not count."""
    border = [(red, green, blue) for red, green, blue, alpha in _border(picture) if alpha == 255]
    pale = [pixel for pixel in border if min(pixel) >= WHITE_FROM]
    if not pale:
        return False
    white = [median(pixel[channel] for pixel in pale) for channel in range(3)]
    plain = sum(max(abs(level - own) for level, own in zip(pixel, white, strict=True)) <= EVEN for pixel in border)
    return plain >= WHITE_SHARE * len(border)


def _border(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """Return the pixels of the outermost ring of what is opaque (a hundredth of the shorter side, at least 1 px)."""
    left, top, right, bottom = picture.getchannel("A").point([0] * 255 + [255]).getbbox() or (0, 0, 0, 0)
    ring = max(1, min(right - left, bottom - top) // 100)
    sides = (
        (left, top, right, min(bottom, top + ring)),
        (left, max(top, bottom - ring), right, bottom),
        (left, top, min(right, left + ring), bottom),
        (max(left, right - ring), top, right, bottom),
    )
    rows = b"".join(picture.crop(side).tobytes() for side in sides)
    return list(zip(rows[::4], rows[1::4], rows[2::4], rows[3::4], strict=True))
