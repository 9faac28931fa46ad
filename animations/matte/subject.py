"""Find the subject in an alpha: whether there is one, and where."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from animations.imaging.arrays import Alpha, Size
from animations.imaging.boxes import Box, box_of
from animations.imaging.levels import opaque_level, peak_level

MIN_PEAK: Final = 24
"""A model that is nowhere surer than this has found nothing."""
MIN_SHARE: Final = 2e-5
"""The least share of pixels at half the peak or more: 20 px in a megapixel, a square of 4 or 5 px."""


def has_subject(alpha: Alpha) -> bool:
    """Return whether an engine found a subject: the H×W uint8 alpha has a clear level, and more than specks of it.

    Both are measured by the alpha itself, so that what is translucent or tiny counts as found.
    """
    clear = int(np.count_nonzero(alpha >= opaque_level(alpha)))
    return peak_level(alpha) >= MIN_PEAK and clear >= max(1, MIN_SHARE * alpha.size)


def subject_prompt(alpha: Alpha | None, size: Size, crop: Box | None = None) -> dict[str, Any]:
    """Tell an engine where the subject is: in the box round it in a known alpha, else in the middle.

    In pixels of a picture of `size` (width, height), which the alpha, of any size, is of; or of that `crop` of it.
    """
    found = box_of(alpha, opaque_level(alpha)) if alpha is not None else None
    if alpha is None or found is None:
        return {"points": [[size[0] // 2, size[1] // 2, 1]]}
    left, top, right, bottom = crop or (0, 0, *size)
    across, down = (right - left) / alpha.shape[1], (bottom - top) / alpha.shape[0]
    xs, ys = [left + round(x * across) for x in found[::2]], [top + round(y * down) for y in found[1::2]]
    return {"box": [xs[0], ys[0], xs[1], ys[1]]}
