"""Frames as arrays, straight RGBA uint8: put on a canvas, free of unseen colour, cut hard, boxed in, merged."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame
from animations.imaging.premultiply import resize

OPAQUE_FROM = 128
SPREAD_PART = 64
"""Of the longer side: how far the colour of an edge reaches under what is transparent."""


class Released(Sequence[Frame]):
    """The frames of a list, which lets each go once it is taken: for an encoder that reads them once."""

    def __init__(self, frames: list[Frame]) -> None:
        self._frames: list[Frame | None] = [*frames]
        frames.clear()

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: Any) -> Any:
        frame, self._frames[index] = self._frames[index], None
        return frame


def clear_hidden_colour(frame: Frame) -> Frame:
    """Return `frame` (H×W×4), or a copy, with RGB 0 where alpha is 0: nobody sees it, every encoder pays for it."""
    unseen = frame[..., 3] == 0
    if not frame[unseen].any():
        return frame
    seen: Frame = np.where(unseen[..., None], np.uint8(0), frame)
    return seen


def fit_canvas(frame: Frame, width: int, height: int) -> Frame:
    """Scale `frame` (H×W×4) to fit `width` × `height` px, its shape kept, and centre it there on nothing."""
    h, w = frame.shape[:2]
    if (w, h) == (width, height):
        return clear_hidden_colour(frame)
    inner = inner_size(w, h, width, height)
    canvas = np.zeros((height, width, 4), np.uint8)
    x, y = (width - inner[0]) // 2, (height - inner[1]) // 2
    canvas[y : y + inner[1], x : x + inner[0]] = resize(frame, inner)
    return canvas


def inner_size(w: int, h: int, width: int, height: int) -> tuple[int, int]:
    """Return the size in px of `w` × `h` scaled to fit `width` × `height`, its shape kept."""
    scale = min(width / w, height / h)
    return min(width, max(1, round(w * scale))), min(height, max(1, round(h * scale)))


def cut_alpha(frame: Frame) -> Frame:
    """Return `frame`, or a copy, in which each pixel is either opaque, in its straight colour, or all zero."""
    alpha = frame[..., 3]
    there = alpha >= OPAQUE_FROM
    if np.array_equal(alpha, np.where(there, 255, 0)):
        return clear_hidden_colour(frame)
    cut: Frame = np.where(there[..., None], frame, np.uint8(0))
    cut[..., 3] = np.where(there, 255, 0)
    return cut


def bounding_slices(where: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest rectangle round all that `where` (H×W) sets; one pixel if none."""
    ys, xs = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not len(ys):
        return slice(0, 1), slice(0, 1)
    return slice(int(ys[0]), int(ys[-1]) + 1), slice(int(xs[0]), int(xs[-1]) + 1)


def merge_equal_frames(frames: Sequence[Frame], delays_ms: Sequence[int]) -> tuple[list[Frame], list[int]]:
    """Merge runs of equal neighbours into one frame that stays as long as they did together (ms)."""
    kept: list[Frame] = []
    delays: list[int] = []
    for frame, delay in zip(frames, delays_ms, strict=True):
        if kept and np.array_equal(kept[-1], frame):
            delays[-1] += delay
        else:
            kept.append(frame)
            delays.append(delay)
    return kept, delays


def spread_colour(frame: Frame) -> Frame:
    """Give pixels of alpha 0 in a copy of `frame` (H×W×4) the colour of what is visible near them.

    Lossy formats mix the colours of neighbours: black under transparency would darken every edge.
    """
    alpha = frame[..., 3]
    unseen = alpha == 0
    if not unseen.any() or unseen.all():
        return clear_hidden_colour(frame)
    spread = frame.copy()
    seen, weight = alpha[~unseen], alpha.astype(np.float32)
    for channel in range(3):
        spread[unseen, channel] = np.rint(np.average(frame[..., channel][~unseen], weights=seen))
    side = 2 * max(2, max(frame.shape[:2]) // SPREAD_PART) + 1
    near = cv2.boxFilter(weight, -1, (side, side), normalize=False)
    reached = unseen & (near > 0)
    for channel in range(3):
        mixed = cv2.boxFilter(frame[..., channel] * weight, -1, (side, side), normalize=False)
        spread[..., channel][reached] = np.rint(mixed[reached] / near[reached])
    return spread
