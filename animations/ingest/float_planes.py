"""Premultiplied planes of floating point numbers, for shrinking a picture with alpha.

Eight bits of premultiplied colour hold but a few levels where alpha is low: at alpha 8 a colour comes back up to 29
levels off. Only Pillow, and no NumPy as in `animations.imaging.premultiply`: this runs in the decoding child.
"""

from __future__ import annotations

from typing import Any, Final

from PIL import Image, ImageMath

MAX_PIXELS: Final = 4_200_000
"""Of planes: more would need too much of the child's memory."""
MIN_ALPHA: Final = 1e-3

Planes = list[Image.Image]
"""Red, green and blue times alpha (0 to 255²), and alpha (0 to 255), each of Pillow's mode F."""


def to_planes(rows: Image.Image) -> Planes:
    """Premultiply an RGBA picture."""
    *colours, alpha = (channel.convert("F") for channel in rows.split())
    return [*(_math(lambda given: given["one"] * given["other"], colour, alpha) for colour in colours), alpha]


def from_planes(planes: Planes) -> Image.Image:
    """Return the straight RGBA picture of premultiplied planes."""
    *colours, alpha = planes
    straight = [_math(_divided, colour, alpha) for colour in colours]
    return Image.merge("RGBA", [_rounded(plane) for plane in (*straight, alpha)])


def _divided(given: Any) -> Any:
    return given["one"] / given["max"](given["other"], MIN_ALPHA)


def _rounded(plane: Image.Image) -> Image.Image:
    """Round the plane to whole numbers: Pillow cuts off what is behind the point."""
    return _math(lambda given: given["one"] + 0.5, plane, plane).convert("L")


def _math(operation: Any, one: Image.Image, other: Image.Image) -> Image.Image:
    result: Image.Image = ImageMath.lambda_eval(operation, one=one, other=other)
    return result
