"""Decide what belongs to the subject by the colours that it has in another picture, where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Mask, Picture
from animations.matte.layers import Window
from animations.matte.tools.grabcut import cut_by_marks

Pixels = TypeVar("Pixels", bound=npt.NDArray[np.generic])


@dataclass(frozen=True, slots=True)
class Example:
    """A part of a picture (H×W×3), and what of it belongs to the subject (H×W)."""

    rgb: Picture
    opaque: Mask


@dataclass(frozen=True, slots=True)
class Guess:
    """What is `meant` to belong to the subject in a `zone` (H×W), and where that is `sure`."""

    zone: Mask
    meant: Mask
    sure: Mask

    def within(self, window: Window) -> Guess:
        """Return a part of it."""
        return Guess(self.zone[window], self.meant[window], self.sure[window])


def decide_by_colour(example: Example, rgb: Picture, opaque: Mask, guess: Guess) -> Mask:
    """Return what of `rgb` (H×W×3 uint8) belongs to the subject: `opaque` outside the zone, by the colours in it.

    The colours of both sides are learned from the example and from what is sure, by cutting the two pictures as one.
    """
    likely = np.where(guess.zone, guess.meant, opaque)
    sure = guess.sure | ~guess.zone
    mask = cut_by_marks(
        _beside([example.rgb, rgb]),
        _beside([example.opaque, likely]),
        _beside([example.opaque, likely & sure]),
        _beside([~example.opaque, ~likely & sure]),
    )
    decided: Mask = mask[: rgb.shape[0], -rgb.shape[1] :]
    return decided


def _beside(parts: Sequence[Pixels]) -> Pixels:
    """Put two pictures side by side; the last rows of the lower one are repeated."""
    height = max(part.shape[0] for part in parts)
    rows = [np.minimum(np.arange(height), part.shape[0] - 1) for part in parts]
    stacked: Pixels = np.hstack([part[index] for part, index in zip(parts, rows, strict=True)])  # type: ignore[assignment]
    return stacked
