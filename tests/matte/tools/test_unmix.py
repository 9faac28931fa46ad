"""The soft edge found again from a hard mask."""

from __future__ import annotations

import cv2
import numpy as np

from animations.matte.tools.unmix import soften_change, soften_edge
from tests.matte.images import disc
from tests.matte.tools.images import SIDE, ball, circle, error


def test_a_third_of_the_size_is_enough_for_the_edge() -> None:
    rgb, truth = ball()
    small = cv2.resize(truth, (SIDE // 3, SIDE // 3), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) > 127
    soft = np.rint(255 * soften_edge(rgb, mask)).astype(np.uint8)
    assert error(soft, truth) < 0.5 * error(np.where(mask, 255, 0).astype(np.uint8), truth)


def test_where_both_sides_look_alike_the_mask_is_smoothed() -> None:
    grey, mask = np.full((SIDE, SIDE, 3), 90, np.uint8), circle((100, 100), 50)
    soft = soften_edge(grey, mask)
    assert set(np.unique(soft[100, 140:160] > 0.5)) == {False, True}
    assert abs(float(soft.sum()) - float(mask.sum())) < 60


def test_all_or_nothing_has_no_edge() -> None:
    rgb = disc(SIDE).on((0, 0, 0))
    assert soften_edge(rgb, np.ones((SIDE, SIDE), bool)).all()
    assert not soften_edge(rgb, np.zeros((SIDE, SIDE), bool)).any()


def test_only_what_is_near_the_change_changes() -> None:
    rgb, truth = ball()
    changed = circle((165, 100), 10) & (truth < 128)
    added = soften_change(rgb, truth, changed, adds=True)
    far = ~circle((165, 100), 18)
    assert np.array_equal(added[far], truth[far])
    assert (added >= truth).all()
    assert added[100, 165] == 255


def test_the_edge_of_a_small_change_is_as_in_the_whole_picture() -> None:
    rgb, truth = ball()
    changed = circle((165, 100), 10)
    mask = (truth >= 128) | changed
    whole = np.rint(255 * soften_edge(rgb, mask)).astype(int)
    near = circle((165, 100), 13)
    added = soften_change(rgb, truth, changed, adds=True).astype(int)
    assert np.abs(added - np.maximum(truth, whole))[near].max() <= 1
