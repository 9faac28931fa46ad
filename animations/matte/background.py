"""Classify a picture's background: none, plain white, or something else.

Pillow alone, for the process that decodes strangers' files has no NumPy; there a picture is measured once, when it
comes. Everything is measured on a copy of a few hundred pixels, whose pixels are means of the picture's.
"""

from __future__ import annotations

from statistics import median
from typing import Final

from PIL import Image, ImageChops, ImageStat

from animations.matte.engines import Background

MEASURED_SIDE: Final = 256
"""Pixels of the longer side of the copy, up to twice as many."""
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
WHITE_FROM: Final = 225
"""The darkest channel of a background that is still white: paper, and a photo of it, are not pure."""
WHITE_SHARE: Final = 0.7
"""Of the border, so that a subject may be cut by one of its sides."""
EVEN: Final = 14
"""Levels by which a plain background may vary; noise of single pixels is gone from the copy."""


def classify_background(picture: Image.Image) -> Background:
    """Return what a picture (any of Pillow's modes) stands on."""
    factor = max(1, max(picture.size) // MEASURED_SIDE)
    whole = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA")
    small = whole.reduce(factor).convert("RGBA")
    if _is_cut_out(small.getchannel("A")):
        return Background.TRANSPARENT
    return Background.WHITE if _is_on_white(small) else Background.OTHER


def _is_cut_out(alpha: Image.Image) -> bool:
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


def _is_on_white(picture: Image.Image) -> bool:
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
