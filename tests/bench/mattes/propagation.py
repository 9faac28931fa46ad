"""How much one correction mends in the other frames of a clip, and how well that is known beforehand."""

from __future__ import annotations

import sys
import time
from statistics import mean
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from animations.imaging.arrays import Alpha
from animations.matte.compose import compose_cutout
from animations.matte.layers import Layers
from animations.matte.propagation.carry import Correction, carry
from animations.matte.refine_tools import LEAST_SURE
from animations.matte.tools.brush import brush
from tests.bench.mattes.clips import FRAMES, Clip, clip_with_hole, clips, gap, leak, pocket, thing
from tests.bench.mattes.damage import error

if TYPE_CHECKING:
    from tests.bench.mattes.show import Rows

FIRST: Final = FRAMES // 3
"""The frame that is corrected."""
STROKES: Final = 3
MENDED: Final = 0.2
"""Of the first frame's error: with no more left, nobody paints on."""
WRONG: Final = 32
SEEN: Final = 20
"""Opaque pixels of error: a frame with less shows nothing to mend."""
HALF: Final = 0.5


class Outcome(NamedTuple):
    """The share of its error that a frame is left with, how sure it was, and the processor's time that it took."""

    left: float
    confidence: float
    milliseconds: float


def show(rows: Rows) -> None:
    """Correct one frame of each clip by strokes, and print what that does to the others."""
    found: list[Outcome] = []
    for at, clip in enumerate(clips()):
        outcomes = []
        for damage in (leak, gap, thing, pocket):
            shown = clip_with_hole(at) if damage is pocket else clip
            mattes = damage(shown, FIRST, np.random.default_rng(at))
            outcomes += _propagated(shown, mattes) if mattes else []
        halved = sum(each.left <= HALF for each in outcomes)
        sys.stdout.write(f"  {clip.name:40} {halved:3} of {len(outcomes):3} frames mended by half or more\n")
        found += outcomes
    ticked = [each for each in found if each.confidence >= LEAST_SURE]
    rows.add(f"one frame corrected, {len(found)} others: % mended by half", _share(found), 90, at_least=True)
    rows.add(f"the {len(ticked)} of them that are ticked: % mended by half", _share(ticked), 95, at_least=True)
    rows.add("a frame of 256 px: ms, mean", mean(each.milliseconds for each in found), 150)


def _share(outcomes: list[Outcome]) -> float:
    return 100 * sum(each.left <= HALF for each in outcomes) / len(outcomes)


def _propagated(clip: Clip, mattes: list[Alpha]) -> list[Outcome]:
    """Return what one stroke on the first frame does to the whole error of each other."""
    correction = Correction(clip.frames[FIRST], mattes[FIRST], _stroked(clip, mattes[FIRST]))
    outcomes = []
    for others in (range(FIRST + 1, FRAMES), range(FIRST - 1, -1, -1)):
        tracker = correction.tracker()
        for index in others:
            begun, layers = time.process_time(), _layers(clip, index, mattes[index])
            carried = carry(correction, layers, tracker.step(clip.frames[index]))
            took = 1e3 * (time.process_time() - begun)
            before = error(mattes[index], clip.truths[index])
            if before * mattes[index].size / 1e3 >= SEEN:
                left = error(carried.alpha, clip.truths[index]) / before
                outcomes.append(Outcome(left, carried.confidence, took))
    return outcomes


def _stroked(clip: Clip, alpha: Alpha) -> Alpha:
    """Return the first frame's alpha after strokes over what is wrong there, until hardly anything is.

    Where strokes that stop at edges do not lead there, a person goes on pixel by pixel.
    """
    truth, mended = clip.truths[FIRST], alpha
    for _ in range(STROKES):
        wrong = np.abs(mended.astype(np.int16) - truth) > WRONG
        if error(mended, truth) <= MENDED * error(alpha, truth) or not wrong.any():
            return mended
        stroke = cv2.dilate(wrong.astype(np.uint8) * 255, np.ones((5, 5), np.uint8))
        mode = "erase" if mended[wrong].mean() > truth[wrong].mean() else "keep"
        mended = np.ascontiguousarray(brush(_layers(clip, FIRST, mended), stroke, mode)[..., 3])
    return np.where(np.abs(alpha.astype(np.int16) - truth) > WRONG, truth, alpha)


def _layers(clip: Clip, index: int, alpha: Alpha) -> Layers:
    return Layers(clip.frames[index], None, compose_cutout("rembg", clip.frames[index], alpha, None), "rembg")
