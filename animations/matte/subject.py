"""Figures that say how good an alpha or a cutout is."""

from typing import Final

import numpy as np

from animations.imaging.arrays import Alpha
from animations.imaging.levels import opaque_level, peak_level

LEAST_PEAK: Final = 24
"""A model that is nowhere surer than this has found nothing."""
LEAST_SHARE: Final = 2e-5
"""The least share of pixels at half the peak or more: 20 px in a megapixel, a square of 4 or 5 px."""


def shows_something(alpha: Alpha) -> bool:
    """Whether an engine found a subject at all: the H×W uint8 alpha has a clear level, and more than specks of it.

    Both are measured by the alpha itself, so that what is translucent or tiny counts as found.
    """
    clear = int(np.count_nonzero(alpha >= opaque_level(alpha)))
    return peak_level(alpha) >= LEAST_PEAK and clear >= max(1, LEAST_SHARE * alpha.size)
