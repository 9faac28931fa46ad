"""Strokes that keep and erase, and stop at the picture's edge."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from animations.imaging.arrays import Picture
from animations.matte.layers import CannotRefine
from animations.matte.tools.brush import brush, read_stroke
from tests.matte.tools.images import SIDE, ball, circle, error, layers_of


def stroke(*points: tuple[int, int], width: int = 22, side: int = SIDE) -> Picture:
    drawn = np.zeros((side, side), np.uint8)
    cv2.polylines(drawn, [np.array(points, np.int32)], False, 255, width, cv2.LINE_AA)
    return drawn


def test_a_stroke_along_a_leak_takes_it_away_and_leaves_the_subject() -> None:
    rgb, truth = ball()
    leak = circle((168, 100), 13)
    alpha = np.where(leak, 255, truth).astype(np.uint8)
    after = brush(layers_of(rgb, alpha), stroke((166, 84), (166, 116)), "erase")[..., 3]
    assert error(after, truth, leak) < 0.2 * error(alpha, truth, leak)
    assert error(after, truth, circle((100, 100), 56)) < 5


def test_a_stroke_over_a_gap_brings_the_subject_back_up_to_its_edge() -> None:
    rgb, truth = ball()
    gap = circle((152, 100), 14)
    alpha = np.where(gap, 0, truth).astype(np.uint8)
    after = brush(layers_of(rgb, alpha), stroke((152, 84), (152, 116), width=28), "keep")[..., 3]
    assert error(after, truth, gap) < 0.2 * error(alpha, truth, gap)
    beside = (truth == 0) & circle((164, 100), 20)
    assert after[beside].mean() < 12


def test_a_faint_stroke_does_a_part() -> None:
    rgb, truth = ball()
    half = stroke((80, 100), (120, 100)) // 2
    after = brush(layers_of(rgb, truth), half, "erase")[..., 3]
    assert 100 < after[100, 100] < 155


@pytest.mark.parametrize(("mode", "before", "after"), [("erase", 255, 0), ("keep", 0, 255)])
def test_the_middle_of_a_thin_stroke_is_meant_whole_where_the_picture_has_no_edge(
    mode: str, before: int, after: int
) -> None:
    disc = circle((100, 100), 40)
    picture = np.where(disc[..., None], (32, 80, 128), (255, 255, 255)).astype(np.uint8)
    alpha = np.where(disc, 255, 0).astype(np.uint8)
    if before == 0:
        alpha[circle((100, 100), 20)] = 0
    mended = brush(layers_of(picture, alpha), stroke((90, 100), (110, 100), width=3), mode)[..., 3]
    assert mended[100, 92:109].tolist() == [after] * 17


def test_pixels_that_the_stroke_does_not_cover_stay() -> None:
    rgb, truth = ball()
    layers = layers_of(rgb, truth)
    drawn = stroke((150, 100), (160, 100))
    after = brush(layers, drawn, "erase")
    assert np.array_equal(after[drawn == 0], layers.cutout[drawn == 0])
    assert not np.array_equal(after, layers.cutout)


def test_a_stroke_of_any_size_and_kind_is_read() -> None:
    small = stroke((0, 50), (100, 50), width=10, side=100)
    grey = read_stroke(small, (SIDE, SIDE))
    white = np.full((100, 100), 255, np.uint8)
    canvas = np.dstack([white, white, white, small])
    assert np.array_equal(read_stroke(canvas, (SIDE, SIDE)), grey)
    assert np.allclose(read_stroke(np.dstack([small] * 3), (SIDE, SIDE)), grey)
    assert np.allclose(read_stroke(np.dstack([white, small]), (SIDE, SIDE)), grey)
    assert grey[100, 100] == 1
    assert not grey[20, 20]


def test_an_empty_stroke_is_refused() -> None:
    with pytest.raises(CannotRefine, match="empty"):
        brush(layers_of(*ball()), np.zeros((10, 10), np.uint8), "keep")
