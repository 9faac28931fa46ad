"""Smooth colours show bands in a palette of few: whether a GIF has them, and whether dithering hides them."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from animations.encode.containers.gif import encoder
from animations.encode.fitting.similarity import MOMENTS, Similarity
from animations.encode.frames import fit_canvas
from animations.imaging.arrays import Frame

SAMPLED: Final = 3
"""Frames that are looked at, and then dithered to see whether they gain, before all are."""
MOST_STEP: Final = 6
"""Levels from pixel to pixel: what changes faster is texture, and what does not change is flat."""
SMOOTH_FROM: Final = 0.3
"""The part of what is opaque, but for its edge, from which bands would be seen."""
LEAST_GAIN: Final = 0.005
"""Of similarity: grain for less would not be worth its bytes."""
_AROUND: Final = np.ones((3, 3), np.uint8)


def has_smooth_colours(pictures: Sequence[Frame]) -> bool:
    """Return whether much of `pictures` (H×W×4) changes its colour little by little."""
    step = -(-len(pictures) // SAMPLED)
    return float(np.mean([_smooth_part(picture) for picture in pictures[::step]])) >= SMOOTH_FROM


def _smooth_part(picture: Frame) -> float:
    colours = picture[..., :3]
    steps = (cv2.dilate(colours, _AROUND) - cv2.erode(colours, _AROUND)).max(axis=2)
    inside = cv2.erode((picture[..., 3] == 255).astype(np.uint8), _AROUND) > 0
    return float(((steps > 0) & (steps <= MOST_STEP))[inside].mean()) if inside.any() else 0.0


def gains_by_dither(pictures: Sequence[Frame], delays_ms: Sequence[int], plain: bytes, size: tuple[int, int]) -> bool:
    """Return whether some of `pictures` look better dithered, in the palette of their GIF `plain` at its `size`."""
    palette = encoder.read_palette(plain)
    similarity = similarity_from_afar(pictures, delays_ms, SAMPLED)

    def alike(*, dithers: bool) -> float:
        def show(index: int) -> Frame:
            frame = fit_canvas(pictures[index], *size)
            return palette[encoder.index_colours(frame, palette, dithers=dithers)]

        return similarity.of(show, delays_ms)

    return alike(dithers=True) > alike(dithers=False) + LEAST_GAIN


def similarity_from_afar(pictures: Sequence[Frame], delays_ms: Sequence[int], moments: int = MOMENTS) -> Similarity:
    """Return the measure of how alike files and `pictures` look from twice as far: there, grain is a tone."""
    return Similarity(pictures, delays_ms, max(pictures[0].shape[:2]) // 2, moments)


def looks_better(data: bytes, other: bytes, similarity: Similarity) -> bool:
    """Return whether a file looks more like the source of `similarity` than another, by more than a trifle."""
    return similarity.of_file(data) > similarity.of_file(other) + LEAST_GAIN
