"""Parts of a frame that stand apart: specks that a soft matte left over, thin marks, and dents in a wash.

A cut at one level of alpha decides pixel by pixel; these decide for connected pixels (8 neighbours) as a whole.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Alpha, Mask

SPECK_SHARE: Final = 0.01
"""Of all that shows in a frame: only an island smaller than this can be a speck."""
SPECKS_TOGETHER: Final = 0.05
"""Of all that shows: more than this is no leftover but art, such as confetti."""
DRAWN_FROM: Final = 0.85
"""Of the level of the art: an island that reaches it anywhere was drawn, not left over."""
PALE_FROM: Final = 0.25
"""Of the level: what is softer is left out even where a thin mark or a pale place is mended."""
_TOUCHES_FROM: Final = 0.125  # of the level: softer pixels connect nothing


def mend_cut(kept: Mask, alpha: Alpha, drawn: Alpha, level: float) -> tuple[Mask, int]:
    """Mend `kept` (H×W, what a cut at half of `level` leaves of `alpha`): no specks, but thin marks and filled dents.

    `drawn` (H×W) is how opaque each place was in the original size: a line that shrinking made faint was drawn all
    the same, and stays. `level` is the alpha of the art. Also returns how many specks were dropped.
    """
    touching = (alpha >= _TOUCHES_FROM * level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(touching, connectivity=8)
    if count > 2:
        is_drawn = _holding(labels, drawn >= DRAWN_FROM * level, count)
        is_kept = _holding(labels, kept, count)
        speck = _specks(stats[:, cv2.CC_STAT_AREA], is_drawn)
        thin = is_drawn & ~is_kept
        thin[0] = False
        kept = (kept & ~speck[labels]) | (thin[labels] & (alpha >= PALE_FROM * level))
        return _without_dents(kept, alpha, level), int((speck & is_kept).sum())
    return _without_dents(kept, alpha, level), 0


def _specks(areas: npt.NDArray[np.int32], is_drawn: Mask) -> Mask:
    """Find the islands, by label (0 is no island), that are leftovers: faint, small, and little even together."""
    shown = areas[1:].sum()
    speck: Mask = ~is_drawn & (areas < SPECK_SHARE * shown)
    speck[0] = False
    if areas[speck].sum() > SPECKS_TOGETHER * shown:
        speck[:] = False
    return speck


def _holding(labels: npt.NDArray[np.int32], where: Mask, count: int) -> Mask:
    """Return for each of `count` labels whether it has a pixel in `where`."""
    return np.bincount(labels[where], minlength=count) > 0


def _without_dents(kept: Mask, alpha: Alpha, level: float) -> Mask:
    """Fill every hole of `kept` that is nowhere softer than a quarter of `level`: it is pale, not open."""
    count, labels = cv2.connectedComponents((~kept).astype(np.uint8), connectivity=4)
    is_open = _holding(labels, alpha < PALE_FROM * level, count)
    is_open[0] = True  # label 0 is what is kept already
    filled: Mask = kept | ~is_open[labels]
    return filled
