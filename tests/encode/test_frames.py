import numpy as np
import pytest

from animations.encode.frames import (
    bounding_slices,
    clear_hidden_colour,
    cut_alpha,
    fit_canvas,
    merge_equal_frames,
    spread_colour,
)
from tests.encode.images import ball, on


def test_colour_under_nothing_goes_and_all_else_stays() -> None:
    frame = ball(32, 0.1)
    clean = clear_hidden_colour(frame)
    unseen = frame[..., 3] == 0
    assert not clean[unseen].any()
    assert np.array_equal(clean[~unseen], frame[~unseen])
    assert frame[unseen].any(), "the input must not change"


def test_shrinking_keeps_the_picture_and_pulls_no_unseen_colour_into_the_edge() -> None:
    frame = np.zeros((64, 64, 4), np.uint8)
    frame[..., :3] = (0, 255, 0)
    frame[16:49, 16:49] = (200, 20, 20, 255)
    small = fit_canvas(frame, 32, 32)
    assert small.shape == (32, 32, 4)
    assert (small[12:20, 12:20] == (200, 20, 20, 255)).all()
    soft = (small[..., 3] > 0) & (small[..., 3] < 255)
    assert soft.any()
    assert np.abs(small[soft][:, :3].astype(int) - (200, 20, 20)).max() <= 2


def test_enlarging_keeps_brightness_on_black() -> None:
    frame = ball(32, 0)
    assert on(fit_canvas(frame, 128, 128), 0).mean() == pytest.approx(on(frame, 0).mean(), rel=0.03)


def test_another_shape_is_centred_on_nothing() -> None:
    frame = np.full((20, 40, 4), 255, np.uint8)
    canvas = fit_canvas(frame, 64, 64)
    assert not canvas[:15].any() and not canvas[-15:].any()
    assert (canvas[17:47, :, 3] == 255).all()


def test_a_cut_pixel_is_there_in_its_own_colour_or_not_at_all() -> None:
    frame = np.array([[[9, 8, 7, 127], [9, 8, 7, 128], [1, 2, 3, 255], [5, 5, 5, 0]]], np.uint8)
    assert cut_alpha(frame).tolist() == [[[0, 0, 0, 0], [9, 8, 7, 255], [1, 2, 3, 255], [0, 0, 0, 0]]]


def test_the_box_holds_everything_that_is_set_and_no_more() -> None:
    where = np.zeros((5, 7), np.bool_)
    assert bounding_slices(where) == (slice(0, 1), slice(0, 1))
    where[1, 2] = where[3, 5] = True
    assert bounding_slices(where) == (slice(1, 4), slice(2, 6))


def test_equal_neighbours_become_one_that_stays_as_long() -> None:
    a, b = ball(16, 0), ball(16, 0.3)
    frames, delays = merge_equal_frames([a, a.copy(), b, a], [30, 50, 20, 70])
    assert delays == [80, 20, 70]
    assert all(np.array_equal(got, want) for got, want in zip(frames, [a, b, a], strict=True))


def test_colour_reaches_under_what_is_transparent_and_nothing_that_shows_changes() -> None:
    frame = np.zeros((64, 64, 4), np.uint8)
    frame[20:40, 20:40] = (200, 40, 10, 255)
    frame[20:40, 30:40, :3] = (10, 40, 200)
    spread = spread_colour(frame)
    assert np.array_equal(spread[20:40, 20:40], frame[20:40, 20:40])
    assert np.array_equal(spread[..., 3], frame[..., 3])
    assert spread[30, 19, :3].tolist() == [200, 40, 10]
    assert spread[30, 40, :3].tolist() == [10, 40, 200]
    assert spread[0, 0, :3].tolist() == [105, 40, 105]
    assert not spread_colour(np.full((8, 8, 4), (9, 9, 9, 0), np.uint8)).any()
