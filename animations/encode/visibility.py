"""The visible part of frames: whether one shows anything, how far it reaches, and which frames show nothing."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from animations.encode.delays import lend_time
from animations.encode.frames import bounding_slices
from animations.imaging.arrays import Frame

VISIBLE_FROM: Final = 8
"""Alpha, 0 to 255, from which a pixel is noticed on light or dark at all (3 %)."""
MIN_PIXELS: Final = 4
"""Fewer visible pixels than this are nothing."""
NAMED_FRAMES: Final = 6
"""Frames that a sentence names before it only counts the rest."""


def shows_anything(frame: Frame) -> bool:
    """Return whether anything of `frame` (H×W×4 straight RGBA) can be seen."""
    return int(np.count_nonzero(frame[..., 3] >= VISIBLE_FROM)) >= MIN_PIXELS


def filled_share(frames: Sequence[Frame]) -> float:
    """Return the largest share, 0 to 1, of the canvas that the box round what shows takes in any frame."""
    boxes = [bounding_slices(frame[..., 3] >= VISIBLE_FROM) for frame in frames]
    largest = max((rows.stop - rows.start) * (columns.stop - columns.start) for rows, columns in boxes)
    height, width = frames[0].shape[:2]
    return float(largest / (height * width))


def visible_share(frames: Sequence[Frame]) -> float:
    """Return the largest share, 0 to 1, of the canvas that is visible pixels in any frame, wherever they are."""
    return max(float(np.mean(frame[..., 3] >= VISIBLE_FROM)) for frame in frames)


def drop_empty(frames: Sequence[Frame], delays_ms: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the delays (ms) of the `frames` that show something, of the same total, and the indices of the others.

    An empty frame lends its time to its neighbours, as `encode.delays.lend_time` says.
    """
    is_shown = [shows_anything(frame) for frame in frames]
    return lend_time(delays_ms, is_shown), [index for index, shown in enumerate(is_shown) if not shown]


def name_frames(indices: Sequence[int]) -> str:
    """Name frames as people count them: 'frame 3', 'frames 1, 2 and 5', or the first few 'and 4 more'."""
    numbers = [str(index + 1) for index in indices]
    if len(numbers) > NAMED_FRAMES + 1:
        numbers[NAMED_FRAMES:] = [f"{len(numbers) - NAMED_FRAMES} more"]
    listed = " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]]))
    return f"frame{'' if len(indices) == 1 else 's'} {listed}"
