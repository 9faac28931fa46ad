"""A correction carried by the masks of a model that follows the subject."""

from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Alpha
from animations.matte.propagation.carry import Carried, Correction, carry
from animations.matte.propagation.tracked import carry_by_mask, has_learned, prompt_for_clip
from gpu_worker.services.prompts import read_clip_prompts
from gpu_worker.services.sam_clip_service import fit_prompts_to_clip
from tests.matte.propagation.clips import SIDE, blob, moved, wrong
from tests.matte.tools.images import layers_of

LEAK = blob((112, 80), 9)
GAP = blob((70, 62), 10)


def mended(*, leak: bool = True, gap: bool = True) -> Correction:
    """Return a frame that was mended where something leaked out of it, or was missing."""
    rgb, truth = moved(0, 0)
    before = truth.copy()
    if leak:
        before[LEAK] = 255
    if gap:
        before[GAP] = 0
    return Correction(rgb, before, truth)


def carried(correction: Correction, damage: Alpha, mask: Alpha) -> tuple[Carried, Carried]:
    """Carry a correction to the next frame by the motion, and by a mask."""
    rgb, _ = moved(4, 2)
    layers, motion = layers_of(rgb, damage), correction.tracker().step(rgb)
    flow = carry(correction, layers, motion)
    return flow, carry_by_mask(correction, layers, mask, motion, flow)


def damaged() -> tuple[Alpha, Alpha]:
    """Return the next frame's alpha with a leak, and the true one."""
    _, truth = moved(4, 2)
    return np.where(blob((116, 82), 9), np.uint8(255), truth), truth


def test_what_the_mask_shows_is_taken_over_where_the_correction_may_be() -> None:
    before, truth = damaged()
    _, by_mask = carried(mended(gap=False), before, np.where(truth >= 128, np.uint8(255), np.uint8(0)))
    assert wrong(by_mask.alpha, truth) < 0.3 * wrong(before, truth)
    assert by_mask.confidence > 0.6


def test_elsewhere_the_matte_stays_as_it_is() -> None:
    before, truth = damaged()
    mask = np.where(truth >= 128, np.uint8(255), np.uint8(0))
    mask[blob((50, 100), 9)] = 0
    _, by_mask = carried(mended(gap=False), before, mask)
    assert np.array_equal(by_mask.alpha[92:108, 42:58], before[92:108, 42:58])
    thinner = np.where(truth == 255, np.uint8(255), np.uint8(0))
    _, by_rim = carried(mended(gap=False), before, thinner)
    assert np.abs(by_rim.alpha[:, :90].astype(int) - before[:, :90]).max() == 0


@pytest.mark.parametrize("value", [0, 255])
def test_a_mask_that_has_lost_the_subject_is_not_sure(value: int) -> None:
    before, _ = damaged()
    flow, by_mask = carried(mended(gap=False), before, np.full_like(before, value))
    assert by_mask.confidence < 0.5 < flow.confidence


def test_the_model_is_told_of_the_subject_and_of_both_kinds_of_mending() -> None:
    correction = mended()
    prompt = prompt_for_clip(correction)
    assert prompt["box"] == [30, 40, 111, 121]
    labels = [(correction.added[y, x], correction.removed[y, x], label) for x, y, label in prompt["points"]]
    assert labels == [(False, False, 1), (True, False, 1), (False, True, 0)]
    (read,) = read_clip_prompts({"prompts": [{"frame": 1} | prompt]})
    assert fit_prompts_to_clip([read], [(SIDE, SIDE)] * 2) == [read]


def test_a_mask_has_learned_the_correction_if_it_shows_it() -> None:
    correction = mended()
    assert has_learned(correction, correction.after)
    assert not has_learned(correction, correction.before)
    assert not has_learned(mended(gap=False), np.zeros_like(correction.after))
    assert not has_learned(Correction(correction.rgb, correction.after, correction.after), correction.after)
