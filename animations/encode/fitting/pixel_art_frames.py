"""Frames of pixel art on a canvas: one whole scale for all of them, and no colour that the art does not have."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from animations.encode.frames import clear_hidden_colour, inner_size
from animations.imaging.arrays import Frame
from animations.imaging.pixel_art import block_side, enlarge, is_pixel_art, reduce_blocks, resize_art, whole_scale


def split_pixel_art(frames: Iterable[Frame]) -> tuple[list[Frame], Iterator[Frame]]:
    """Reduce all `frames` (H×W×4 straight RGBA, of one size) to one pixel for each block, if they are pixel art.

    Returns them and no others; or no pixel art, and all frames as they came. Frames are taken one by one, and no
    further than need be.
    """
    coming = iter(frames)
    taken: list[tuple[Frame, int]] = []
    shows_blocks = False
    for frame in coming:
        side = block_side(frame)
        if side and not is_pixel_art(frame, side):
            return [], chain((enlarge(art, kept) for art, kept in taken), [frame], coming)
        shows_blocks |= side > 0
        side = side or math.gcd(*frame.shape[:2])
        taken.append((reduce_blocks(clear_hidden_colour(frame), side), side))
    if not shows_blocks:
        return [], iter([enlarge(art, side) for art, side in taken])
    common = math.gcd(*(side for _, side in taken))
    return [enlarge(art, side // common) for art, side in taken], iter(())


def fit_pixel_art(art: Sequence[Frame], width: int, height: int) -> list[Frame]:
    """Scale `art` of one size to fit `width` × `height` px, by a whole number if one fills enough, and centre it."""
    high, wide = art[0].shape[:2]
    times = whole_scale((wide, high), (width, height))
    size = (wide * times, high * times) if times else inner_size(wide, high, width, height)
    return [_centred(enlarge(each, times) if times else resize_art(each, size), width, height) for each in art]


def _centred(frame: Frame, width: int, height: int) -> Frame:
    canvas = np.zeros((height, width, 4), np.uint8)
    top, left = (height - frame.shape[0]) // 2, (width - frame.shape[1]) // 2
    canvas[top : top + frame.shape[0], left : left + frame.shape[1]] = frame
    return canvas
