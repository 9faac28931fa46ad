"""Dither colours for a palette.

The pattern is Bayer's, "An optimum method for two-level rendition of continuous-tone pictures" (1973).
The pattern stands still: the one of an error diffusion would flicker from frame to frame, and packs far worse.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from animations.encode.palette import Palette
from animations.imaging.arrays import Frame

STRENGTH: Final = 0.6
"""Of the usual distance between a colour of the palette and its nearest: from the lowest to the highest place."""
_SIDE: Final = 8


def dither(frame: Frame, palette: Palette) -> Frame:
    """Return `frame` (H×W×4) with its colours moved up and down in an even pattern, as far as `palette` is coarse.

    White stays: it could only be moved down, and a background that has to be white would not be.
    """
    height, width = frame.shape[:2]
    tiled = np.tile(_pattern(_SIDE), (-(-height // _SIDE), -(-width // _SIDE)))[:height, :width]
    step = np.float32(STRENGTH * _spacing(palette)) * tiled
    moved, moves = frame.copy(), frame[..., :3].min(axis=2) < 255
    for channel in range(3):
        moved[..., channel] = np.where(moves, np.clip(np.rint(frame[..., channel] + step), 0, 255), 255)
    moved[frame[..., 3] == 0] = 0
    return moved


def _pattern(side: int) -> npt.NDArray[np.float32]:
    """Return Bayer's matrix, its values from -0.5 to 0.5."""
    matrix = np.zeros((1, 1))
    while len(matrix) < side:
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return np.asarray((matrix + 0.5) / matrix.size - 0.5, np.float32)


def _spacing(palette: Palette) -> float:
    """Return the median distance from a colour of `palette` (its entry 0 is none) to the nearest other."""
    colours = palette[1:, :3].astype(np.float32)
    if len(colours) < 2:
        return 0.0
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1)))
