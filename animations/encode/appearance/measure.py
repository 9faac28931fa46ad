"""Measure how a finished file is seen in a chat, from its bytes alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from animations.encode.appearance.flashes import count_flashes, to_linear
from animations.encode.appearance.legibility import SMALLEST_SIDE, compose, share_that_stands_out
from animations.encode.appearance.warnings import GROUNDS, Appearance
from animations.encode.readers import Unreadable, read
from animations.imaging.arrays import Frame, Premultiplied
from animations.imaging.premultiply import shrink_premultiplied

FIELD_SIDE: Final = 32
"""The px at which flashes are counted: of 128 px, each is 0.1° of sight, below which WCAG counts no flicker."""


def measure_file(data: bytes) -> Appearance | None:
    """Measure a file of any of the platforms' formats; None if it cannot be read."""
    try:
        found = read(data)
        return measure_frames(found.frames, found.delays_ms)
    except Unreadable:
        return None


def measure_frames(frames: Iterable[Frame], delays_ms: Sequence[int]) -> Appearance:
    """Measure frames (H×W×4 straight RGBA, of one size), taken one by one, with their delays."""
    shares: dict[str, list[float | None]] = {name: [] for name in GROUNDS}
    colours: dict[str, list[Premultiplied]] = {name: [] for name in GROUNDS}
    for frame in frames:
        small, field = _shrunk(frame, SMALLEST_SIDE), _shrunk(frame, FIELD_SIDE)
        for name, ground in GROUNDS.items():
            shares[name].append(share_that_stands_out(small, ground))
            colours[name].append(compose(field, ground).reshape(-1, 3))
    flashes = [count_flashes(to_linear(np.stack(seen)), delays_ms) for seen in colours.values()]
    light, dark = (_mean(shares[name], delays_ms) for name in GROUNDS)
    return Appearance(light, dark, max(one[0] for one in flashes), max(one[1] for one in flashes))


def _shrunk(frame: Frame, side: int) -> Premultiplied:
    height, width = frame.shape[:2]
    scale = min(1, side / max(height, width))
    return shrink_premultiplied(frame, (max(1, round(width * scale)), max(1, round(height * scale))))


def _mean(shares: Sequence[float | None], delays_ms: Sequence[int]) -> float:
    """Return the mean over the time in which anything shows; 1 where nothing ever does."""
    shown = [(share, max(1, delay)) for share, delay in zip(shares, delays_ms, strict=True) if share is not None]
    total = sum(delay for _, delay in shown)
    return round(sum(share * delay for share, delay in shown) / total, 3) if total else 1.0
