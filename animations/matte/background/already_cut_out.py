"""Tell by its alpha whether a picture was cut out before, or only has clear corners or a clear rim."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageChops, ImageStat

SEEN: Final = 12
"""Of 255: below, a pixel is clear."""
THIN: Final = 0.08
"""A clear margin of at most this share of the side is the border of a photo, not the space round a cut-out."""
CORNER: Final = 0.25
RIM: Final = 0.03
"""Shares of a side: where the rounded corners and the soft rim of a photo lie."""
MISSING: Final = 0.08
"""The share that is missing of a picture which is cut out for sure; an app icon's corners are 4 or 5 %."""
MISSING_INSIDE: Final = 0.005
"""The same where no photo is clear: away from corners and rim."""


def is_already_cut_out(alpha: Image.Image) -> bool:
    """Return whether enough is clear, and in such places, that somebody has cut the picture out."""
    if alpha.getextrema() == (255, 255):
        return False
    shown = alpha.point([0] * SEEN + [255] * (256 - SEEN)).getbbox()
    if shown is None or _margin(shown, alpha.size) > THIN:
        return True
    held = alpha.crop(shown)
    return _missing(held) >= MISSING or _missing_inside(held) >= MISSING_INSIDE


def _margin(box: tuple[int, int, int, int], size: tuple[int, int]) -> float:
    """Return the widest of the four margins round a box, as a share of its side."""
    (left, top, right, bottom), (width, height) = box, size
    return max(left / width, top / height, 1 - right / width, 1 - bottom / height)


def _missing(alpha: Image.Image) -> float:
    """Return how much of an alpha (mode L) is not there, 0 to 1."""
    return 1 - ImageStat.Stat(alpha).mean[0] / 255


def _missing_inside(alpha: Image.Image) -> float:
    """Return the same without the four corners and the rim, as a share of the whole."""
    width, height = alpha.size
    rim, corner_x, corner_y = 1 + round(RIM * min(width, height)), round(CORNER * width), round(CORNER * height)
    inside = Image.new("L", alpha.size, 0)
    inside.paste(255, (corner_x, rim, width - corner_x, max(rim, height - rim)))
    inside.paste(255, (rim, corner_y, max(rim, width - rim), height - corner_y))
    return ImageStat.Stat(ImageChops.multiply(ImageChops.invert(alpha), inside)).mean[0] / 255
