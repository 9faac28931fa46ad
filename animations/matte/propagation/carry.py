"""Carry the correction of one frame's matte to another frame, along the motion between them.

Two things may move with the subject or without it: what a wrong region shows (background behind a moving arm stays),
and the region itself (the gap under that arm goes with it). So the region is looked for at both places, and what is
in it is decided by the colours that the corrected frame has on the two sides of its matte.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colours, Mask, Picture
from animations.matte.layers import HALF, Layers, window_of
from animations.matte.propagation.colours import Example, Guess, decide_by_colour
from animations.matte.propagation.flow import TRUSTED, Motion, MotionTracker, read_at
from animations.matte.tools.unmix import soften_change

CHANGED: Final = 48
"""Of 255: a pixel whose alpha was changed by less was at an edge."""
ROUND: Final = 0.035
"""Of the longer side: so far round a region other frames are wrong too, for no two mattes are wrong alike."""
NEAR: Final = 0.1
"""Of the longer side: so far round a region the colours of both sides are learned."""

SAME: Final = 12.0
"""Levels between the colours of a pixel and of its place in the other frame."""
ALIKE: Final = 40.0
"""Levels between the mean colours of the same thing in two frames."""
UNLIKE: Final = 120.0
"""Levels between those of two things."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A frame that was corrected: its picture (H×W×3), and its alpha (H×W) `before` and `after`."""

    rgb: Picture
    before: Alpha
    after: Alpha

    @property
    def added(self) -> Mask:
        """What was brought back to the subject."""
        return self.after.astype(np.int16) - self.before > CHANGED

    @property
    def removed(self) -> Mask:
        """What was taken away."""
        return self.before.astype(np.int16) - self.after > CHANGED

    @property
    def changed(self) -> Mask:
        """Both."""
        return self.added | self.removed

    def tracker(self) -> MotionTracker:
        """Return a tracker of the motion away from this frame."""
        return MotionTracker(self.rgb, self.after >= HALF, self.changed)

    def example(self, region: Mask) -> Example:
        """Return the picture round a region, and what of it belongs to the subject."""
        window = window_of(region, _px(NEAR, region))
        return Example(self.rgb[window], self.after[window] >= HALF)


@dataclass(frozen=True, slots=True)
class Carried:
    """Another frame's new alpha (H×W), and how sure it is, from 0 to 1."""

    alpha: Alpha
    confidence: float


def carry(correction: Correction, layers: Layers, motion: Motion) -> Carried:
    """Return the alpha of a frame with the correction of another, `motion` telling where its pixels are in that.

    It is sure where motion and colours agree, and what changes is as large as the correction was and looks alike.
    """
    known = motion.doubt <= TRUSTED
    places = np.where(known[..., None], motion.places, motion.subject)
    sure = known & _is_alike(layers.rgb, read_at(correction.rgb.astype(np.float32), places))
    meant = read_at(correction.after.astype(np.float32), places) >= HALF
    alpha, by_motion, changed = layers.alpha, np.zeros_like(meant), np.zeros_like(meant)
    for region, adds in ((correction.added, True), (correction.removed, False)):
        zone = find_zone(region, motion)
        wrong = zone & ((alpha >= HALF) != adds)
        moved = wrong & (meant == adds)
        if moved.any():
            guess = Guess(zone, meant, sure)
            new = wrong & (_decide(correction.example(region), layers.rgb, alpha >= HALF, guess) == adds)
            alpha = change_alpha(layers.rgb, alpha, new, adds=adds)
            by_motion, changed = by_motion | moved, changed | new
    return Carried(alpha, confidence_of(correction, layers.rgb, by_motion, changed))


def confidence_of(correction: Correction, rgb: Picture, by_motion: Mask, changed: Mask) -> float:
    """Return how sure it is, from 0 to 1, that a frame's pixels that `changed` are those of the correction.

    `by_motion` is what the motion between the frames alone would change.
    """
    if not changed.any():
        return 0.0
    size = _agreement(by_motion, changed, correction.changed)
    return size * _similarity(rgb[changed], correction.rgb[correction.changed])


def find_zone(region: Mask, motion: Motion) -> Mask:
    """Return where a region may be in the frame: by either motion, and round that."""
    plane = region.astype(np.float32)
    found = (read_at(plane, motion.places) > 0.5) | (read_at(plane, motion.subject) > 0.5)
    reach = 2 * _px(ROUND, region) + 1
    zone: Mask = cv2.dilate(found.view(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    return zone


def _is_alike(rgb: Picture, there: Colours) -> Mask:
    """Return where a frame has the colours of the places that it shows, a little blurred: noise says nothing."""
    away = cv2.blur(rgb.astype(np.float32), (3, 3)) - cv2.blur(there, (3, 3))
    alike: Mask = np.abs(away).max(axis=2) <= SAME
    return alike


def _decide(example: Example, rgb: Picture, opaque: Mask, guess: Guess) -> Mask:
    """Return what belongs to the subject; in the guess's zone by its colours."""
    window = window_of(guess.zone, _px(NEAR, guess.zone))
    decided = opaque.copy()
    decided[window] = decide_by_colour(example, rgb[window], opaque[window], guess.within(window))
    return decided


def change_alpha(rgb: Picture, alpha: Alpha, changed: Mask, *, adds: bool) -> Alpha:
    """Return `alpha` with what `changed` added to the subject or taken away, soft where the picture is."""
    if not changed.any():
        return alpha
    window = window_of(changed, _px(NEAR, changed))
    new = alpha.copy()
    new[window] = soften_change(np.ascontiguousarray(rgb[window]), alpha[window], changed[window], adds=adds)
    return new


def _agreement(by_motion: Mask, changed: Mask, correction: Mask) -> float:
    either, new, first = (int(np.count_nonzero(each)) for each in (by_motion | changed, changed, correction))
    return math.sqrt(np.count_nonzero(by_motion & changed) / either * min(new, first) / max(new, first))


def _similarity(colours: Picture, first: Picture) -> float:
    """Return 1 where two groups of pixels (N×3) have the same colour in the mean, 0 where they have nothing alike."""
    distance = float(np.linalg.norm(colours.mean(axis=0) - first.mean(axis=0)))
    return min(1.0, max(0.0, (UNLIKE - distance) / (UNLIKE - ALIKE)))


def _px(share: float, of: Mask) -> int:
    return round(share * max(int(side) for side in of.shape))
