"""What was mended in one frame is mended in others: where the subject has gone, and where it has not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from animations.imaging.arrays import Alpha, Mask
from animations.matte.propagation.carry import Carried, Correction, carry
from tests.matte.propagation.clips import Place, blob, moved, wrong
from tests.matte.tools.images import layers_of

PATH = [(0.0, 0.0), (4.0, 2.0), (8.0, 5.0), (12.0, 5.0)]
Damage = Callable[[Place], Mask]


def leak_that_follows(step: Place) -> Mask:
    return blob((112 + step[0], 80 + step[1]), 9)


def leak_that_stays(_: Place) -> Mask:
    return blob((112, 118), 11)


def gap_that_follows(step: Place) -> Mask:
    return blob((70 + step[0], 62 + step[1]), 10)


def damaged(step: Place, damage: Damage, value: int) -> Alpha:
    return np.where(damage(step), np.uint8(value), moved(*step)[1])


def carried(damage: Damage, value: int) -> list[tuple[Carried, Alpha, Alpha]]:
    """Carry the correction of the first frame along the path; return what came of it, the damaged alpha, the true."""
    first, truth = moved(*PATH[0])
    correction = Correction(first, damaged(PATH[0], damage, value), truth)
    tracker, found = correction.tracker(), []
    for step in PATH[1:]:
        rgb, truth = moved(*step)
        before = damaged(step, damage, value)
        found.append((carry(correction, layers_of(rgb, before), tracker.step(rgb)), before, truth))
    return found


@pytest.mark.parametrize(
    ("damage", "value"), [(leak_that_follows, 255), (leak_that_stays, 255), (gap_that_follows, 0)]
)
def test_a_correction_is_carried_to_where_the_same_is_wrong(damage: Damage, value: int) -> None:
    for result, before, truth in carried(damage, value):
        assert wrong(result.alpha, truth) < 0.3 * wrong(before, truth)
        assert result.confidence > 0.6


def test_a_part_that_has_the_subjects_colours_is_taken_away_as_it_was_there() -> None:
    first, whole = moved(0, 0)
    without = np.where(gap_that_follows((0, 0)), np.uint8(0), whole)
    correction = Correction(first, whole, without)
    rgb, before = moved(4, 2)
    wanted = np.where(gap_that_follows((4, 2)), np.uint8(0), before)
    result = carry(correction, layers_of(rgb, before), correction.tracker().step(rgb))
    assert wrong(result.alpha, wanted) < 0.4 * wrong(before, wanted)
    assert result.confidence > 0.6


def test_a_frame_in_which_nothing_is_wrong_stays_and_says_so() -> None:
    first, truth = moved(0, 0)
    correction = Correction(first, damaged((0, 0), leak_that_follows, 255), truth)
    rgb, alpha = moved(4, 2)
    result = carry(correction, layers_of(rgb, alpha), correction.tracker().step(rgb))
    assert wrong(result.alpha, alpha) < 3
    assert result.confidence < 0.5


def test_a_frame_that_shows_something_else_is_not_sure() -> None:
    first, truth = moved(0, 0)
    correction = Correction(first, damaged((0, 0), gap_that_follows, 0), truth)
    rgb = np.random.default_rng(3).integers(0, 255, first.shape, np.uint8)
    result = carry(correction, layers_of(rgb, correction.before), correction.tracker().step(rgb))
    assert result.confidence < 0.5


def test_what_was_brought_back_and_what_was_taken_away_are_told_apart() -> None:
    rgb, truth = moved(0, 0)
    before = damaged((0, 0), leak_that_follows, 255)
    before[gap_that_follows((0, 0))] = 0
    correction = Correction(rgb, before, truth)
    assert correction.added[62, 70] and not correction.removed[62, 70]
    assert correction.removed[80, 116] and not correction.added[80, 116]
    assert np.array_equal(correction.changed, correction.added | correction.removed)
    example = correction.example(correction.removed)
    assert example.rgb.shape[:2] == example.opaque.shape < rgb.shape[:2]
    assert example.opaque.any() and not example.opaque.all()
