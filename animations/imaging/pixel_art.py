"""Recognise pixel art by its whole blocks, few colours and hard steps, and scale it by whole numbers, without blur.

Frames are H×W×4 uint8 straight RGBA throughout.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame, Size
from animations.imaging.levels import peak_level
from animations.imaging.premultiply import premultiply

MAX_COLOURS: Final = 64
MAX_BLOCK_COLOURS: Final = 256
"""Of art that was enlarged by a whole number: it has given itself away, so it may have more."""
MAX_SIDE: Final = 128
"""px of the longer side. Larger drawings of few colours gain nothing from whole numbers."""
MAX_BLOCKS: Final = 256
"""The same of art that was enlarged."""
MAX_ALPHAS: Final = 3
"""Levels of alpha above nothing: soft edges have many."""
HARD_STEP: Final = 28
"""A step from pixel to pixel is hard from this difference of a channel on, in levels as of solid art."""
HARD_SHARE: Final = 0.7
"""Of the steps there are."""
SOFT_SHARE: Final = 0.18
"""Of the edges that may have a pixel of a colour between both sides: antialiasing gives one to nearly every edge."""
MIXED_FROM: Final = 0.12
"""Of the step across an edge: a pixel that is nearer than this to one of the sides is no mixture of both."""
DETOUR: Final = 1.1
"""Of the same step: a mixture lies on the way from one side to the other, give or take a level."""
SAMPLED_ROWS: Final = 16
"""Rows that are tested first."""
MIN_FILLED_SHARE: Final = 1 / 3
"""Of the area of the largest size that fits, which a whole number must cover, or art is scaled to it after all."""


def block_side(frame: Frame) -> int:
    """Return the side in px of the blocks of a frame, counted from its top left; 0 where all is one colour.

    The common side of several frames is the greatest common divisor of theirs.
    """
    packed = _pack(frame)
    places = _changed_columns(packed) + _changed_columns(packed.T)
    return math.gcd(*packed.shape, *places) if places else 0


def reduce_to_art(frame: Frame) -> Frame | None:
    """Reduce a frame to one pixel for each of its blocks, if it is pixel art. It looks at little where it is not."""
    height, width = frame.shape[:2]
    rows = _pack(frame[:: max(1, height // SAMPLED_ROWS)])
    guess = math.gcd(width, *_changed_columns(rows))
    if max(height, width) > MAX_BLOCKS * guess:
        return None
    side = block_side(frame)
    return reduce_blocks(frame, side) if side and is_pixel_art(frame, side) else None


def is_pixel_art(frame: Frame, side: int) -> bool:
    """Return whether a frame made of blocks of `side` px (at least 1) is pixel art, and no photo or soft drawing."""
    art = reduce_blocks(frame, side)
    if max(art.shape[:2]) > (MAX_SIDE if side == 1 else MAX_BLOCKS):
        return False
    colours = np.unique(_pack(art))
    if len(colours) > (MAX_COLOURS if side == 1 else MAX_BLOCK_COLOURS):
        return False
    alphas = np.unique(art[..., 3])
    if np.count_nonzero(alphas) > MAX_ALPHAS:
        return False
    steps = premultiply(art) * (np.float32(255) / max(1, peak_level(art[..., 3])))
    return _hard_share(steps) >= HARD_SHARE and (side > 1 or _soft_share(steps) <= SOFT_SHARE)


def reduce_blocks(frame: Frame, side: int) -> Frame:
    """Return a frame made of blocks of `side` px with one pixel for each."""
    return np.ascontiguousarray(frame[side // 2 :: side, side // 2 :: side])


def enlarge(art: Frame, times: int) -> Frame:
    """Make each pixel a block of `times` × `times`; 1 returns the same frame."""
    return art if times == 1 else art.repeat(times, axis=0).repeat(times, axis=1)


def whole_scale(art: Size, canvas: Size) -> int:
    """Return the largest whole number by which art fits a canvas; 0 if that covers under `MIN_FILLED_SHARE`."""
    times = min(canvas[0] // art[0], canvas[1] // art[1])
    scale = min(canvas[0] / art[0], canvas[1] / art[1])
    return times if times >= 1 and (times / scale) ** 2 >= MIN_FILLED_SHARE else 0


def resize_art(art: Frame, size: Size) -> Frame:
    """Resize art to any size in its own colours: each pixel gets the one nearest to the mean."""
    shrinks = size[0] * size[1] < art.shape[0] * art.shape[1]
    mixed = cv2.resize(premultiply(art), size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST)
    colours = np.unique(_pack(art)).view(np.uint8).reshape(-1, 4)
    own = premultiply(colours[None])[0]
    flat = mixed.reshape(-1, 4)
    nearest = np.zeros(len(flat), np.intp)
    least = np.full(len(flat), np.inf, np.float32)
    for number, colour in enumerate(own):
        away = np.square(flat - colour).sum(axis=1)
        closer = away < least
        nearest[closer], least[closer] = number, away[closer]
    found: Frame = colours[nearest].reshape(size[1], size[0], 4)
    return found


def _changed_columns(packed: npt.NDArray[np.uint32]) -> list[int]:
    """Return the columns that differ from the ones before them."""
    places: list[int] = (np.flatnonzero((packed[:, 1:] != packed[:, :-1]).any(axis=0)) + 1).tolist()
    return places


def _pack(frame: Frame) -> npt.NDArray[np.uint32]:
    """Pack each pixel into one number; what cannot be seen is 0, whatever colour lies under it."""
    packed = np.ascontiguousarray(frame).view(np.uint32)[..., 0]
    return np.where(frame[..., 3] > 0, packed, np.uint32(0))


def _hard_share(art: npt.NDArray[np.float32]) -> float:
    """Return the share of differing neighbours that differ much."""
    steps = np.concatenate([np.abs(np.diff(art, axis=axis)).max(axis=2).ravel() for axis in (0, 1)])
    differs = np.count_nonzero(steps > 0)
    return float(np.count_nonzero(steps >= HARD_STEP) / differs) if differs else 0.0


def _soft_share(art: npt.NDArray[np.float32]) -> float:
    """Return the share of pixels between much differing neighbours that are a mixture of the two."""
    edges = mixtures = 0
    for before, pixel, after in ((art[:, :-2], art[:, 1:-1], art[:, 2:]), (art[:-2], art[1:-1], art[2:])):
        across = np.abs(after - before).sum(axis=2)
        first, second = np.abs(pixel - before).sum(axis=2), np.abs(after - pixel).sum(axis=2)
        is_edge = np.abs(after - before).max(axis=2) >= HARD_STEP
        is_between = (np.minimum(first, second) > MIXED_FROM * across) & (first + second <= DETOUR * across)
        edges += int(np.count_nonzero(is_edge))
        mixtures += int(np.count_nonzero(is_edge & is_between))
    return mixtures / edges if edges else 0.0
