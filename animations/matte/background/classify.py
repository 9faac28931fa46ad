"""Classify a picture's background: none, plain white, or something else. Uploads are measured in the decoding child.

Everything is measured on a copy of a few hundred pixels, whose pixels are means of the picture's.
"""

from __future__ import annotations

from typing import Final

from PIL import Image

from animations.matte.background.already_cut_out import is_already_cut_out
from animations.matte.background.white_border import has_white_border
from animations.matte.engines import Background

MEASURED_SIDE: Final = 256
"""Pixels of the longer side of the copy, up to twice as many."""


def classify_background(picture: Image.Image) -> Background:
    """Return what a picture (any of Pillow's modes) stands on."""
    factor = max(1, max(picture.size) // MEASURED_SIDE)
    whole = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA")
    small = whole.reduce(factor).convert("RGBA")
    if is_already_cut_out(small.getchannel("A")):
        return Background.TRANSPARENT
    return Background.WHITE if has_white_border(small) else Background.OTHER
