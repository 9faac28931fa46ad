"""The visible part of frames: whether one shows anything, how far it reaches, and which frames show nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from animations.encode.delays import lend_time
from animations.encode.frames import bounding_slices
from animations.imaging.arrays import Frame, Mask

VISIBLE_FROM: Final = 8
"""Alpha, 0 to 255, from which a pixel is noticed on light or dark at all (3 %)."""
MIN_PIXELS: Final = 4
"""Fewer visible pixels than this are nothing."""
WHITE_FROM: Final = 250
"""Level of a channel, 0 to 255, from which a pixel on white is not told from it."""
SMALL_BELOW: Final = 0.05
"""Of the canvas: a subject that fills less in every frame is hard to make out, and that is said."""
HARDLY_BELOW: Final = 0.002
"""Of the canvas: fewer visible pixels than this in every frame (32 of 128×128) are lost in a chat, and that is said.
A hair line across it has more, and so have a dozen sparks."""
NAMED_FRAMES: Final = 6
"""Frames that a sentence names before it only counts the rest."""


def visible_pixels(frame: Frame, *, on_white: bool = False) -> Mask:
    """Return where anything of `frame` (H×W×4 straight RGBA) can be seen; `on_white`, where it is not the white."""
    if on_white:
        return np.asarray((frame[..., :3] < WHITE_FROM).any(axis=2), np.bool_)
    return np.asarray(frame[..., 3] >= VISIBLE_FROM, np.bool_)


def shows_anything(visible: Mask) -> bool:
    """Return whether there is more than nothing to what is visible of a frame."""
    return int(np.count_nonzero(visible)) >= MIN_PIXELS


@dataclass(slots=True)
class Fullness:
    """The largest shares, 0 to 1, of the canvas in any frame: visible pixels, and the box round them."""

    visible: float = 0.0
    filled: float = 0.0

    def add(self, visible: Mask) -> None:
        """Count a frame by where it can be seen."""
        rows, columns = bounding_slices(visible)
        box = (rows.stop - rows.start) * (columns.stop - columns.start)
        self.visible = max(self.visible, float(np.mean(visible)))
        self.filled = max(self.filled, box / visible.size)

    def words(self) -> list[str]:
        """Return a sentence for each way in which little shows."""
        if self.visible < HARDLY_BELOW:
            return [f"hardly anything shows: less than {HARDLY_BELOW * 100:.1f} % of the picture can be seen"]
        if self.filled < SMALL_BELOW:
            return [f"small: what shows fills less than {SMALL_BELOW * 100:.0f} % of the picture"]
        return []


def drop_empty(frames: Sequence[Frame], delays_ms: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the delays (ms) of the `frames` that show something, of the same total, and the indices of the others.

    An empty frame lends its time to its neighbours, as `encode.delays.lend_time` says.
    """
    is_shown = [shows_anything(visible_pixels(frame)) for frame in frames]
    return lend_time(delays_ms, is_shown), [index for index, shown in enumerate(is_shown) if not shown]


def name_frames(indices: Sequence[int]) -> str:
    """Name frames as people count them: 'frame 3', 'frames 1, 2 and 5', or the first few 'and 4 more'."""
    numbers = [str(index + 1) for index in indices]
    if len(numbers) > NAMED_FRAMES + 1:
        numbers[NAMED_FRAMES:] = [f"{len(numbers) - NAMED_FRAMES} more"]
    listed = " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]]))
    return f"frame{'' if len(indices) == 1 else 's'} {listed}"
