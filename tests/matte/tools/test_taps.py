"""Taps that add and take away, and boxes, on the CPU."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from animations.matte.layers import CannotRefine
from animations.matte.tools.taps import cut_by_taps, follow_mask, prompt_for, windows_round
from tests.matte.images import disc
from tests.matte.tools.images import (
    HANDLE,
    SIDE,
    ball,
    circle,
    cup,
    error,
    glossy_block,
    layers_of,
    over_grain,
    wires,
)


def test_a_tap_on_a_leak_takes_it_away() -> None:
    rgb, truth = ball()
    alpha = np.where(circle((165, 100), 16), 255, truth).astype(np.uint8)
    after = cut_by_taps(layers_of(rgb, alpha), [[172, 100, 0]], None)[..., 3]
    assert error(after, truth) < 0.2 * error(alpha, truth)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_tap_on_a_leak_leaves_thin_parts_beside_it(seed: int) -> None:
    rgb, truth, alpha = wires(seed)
    after = cut_by_taps(layers_of(rgb, alpha), [[170, 136, 0]], None)[..., 3]
    assert error(after, truth) < 0.2 * error(alpha, truth)


def test_a_leak_goes_behind_a_thin_part_too_and_another_one_stays() -> None:
    rgb, truth, _ = wires(0)
    leak, other = np.zeros((2, *truth.shape), np.uint8)
    cv2.ellipse(leak, (179, 150), (20, 24), 0, 0, 360, 255, -1)
    cv2.circle(other, (200, 210), 16, 255, -1)
    alpha = np.maximum(truth, leak | other)
    after = cut_by_taps(layers_of(rgb, alpha), [[170, 150, 0]], None)[..., 3]
    assert error(after, truth, leak > 0) < 0.2 * error(alpha, truth, leak > 0)
    assert np.array_equal(after[205:], alpha[205:])


def test_a_tap_on_a_leak_does_not_run_along_the_edge() -> None:
    rgb, truth = glossy_block()
    alpha = np.where(circle((100, 105), 16), 255, truth).astype(np.uint8)
    after = cut_by_taps(layers_of(rgb, alpha), [[100, 112, 0]], None)[..., 3]
    assert error(after, truth) < 0.2 * error(alpha, truth)
    assert np.array_equal(after[:, :70], truth[:, :70])


def test_a_tap_on_a_gap_fills_it() -> None:
    rgb, truth = ball()
    alpha = np.where(circle((140, 100), 18), 0, truth).astype(np.uint8)
    after = cut_by_taps(layers_of(rgb, alpha), [[140, 100, 1]], None)[..., 3]
    assert error(after, truth) < 0.2 * error(alpha, truth)


def test_a_tap_finds_a_part_of_another_colour_that_the_matte_has_missed() -> None:
    truth = disc(SIDE)
    truth.colour[110:] = (40, 70, 200)
    rgb = over_grain(truth)
    alpha = truth.alpha8.copy()
    alpha[110:] = 0
    after = cut_by_taps(layers_of(rgb, alpha), [[100, 135, 1]], None)[..., 3]
    assert error(after, truth.alpha8) < 0.25 * error(alpha, truth.alpha8)


def test_taps_are_followed_one_after_the_other() -> None:
    rgb, truth = ball()
    alpha = np.where(circle((165, 100), 16), 255, truth).astype(np.uint8)
    alpha[circle((60, 100), 15)] = 0
    after = cut_by_taps(layers_of(rgb, alpha), [[172, 100, 0], [60, 100, 1]], None)[..., 3]
    assert error(after, truth) < 0.2 * error(alpha, truth)


def test_a_box_leaves_what_is_in_it_alone() -> None:
    rgb, truth = ball()
    nothing = np.zeros_like(truth)
    found = cut_by_taps(layers_of(rgb, nothing), [], [30, 30, 170, 170])[..., 3]
    assert error(found, truth) < 0.05 * truth.sum() / 255
    two = np.where(circle((15, 15), 10), 255, truth).astype(np.uint8)
    one = cut_by_taps(layers_of(rgb, two), [], [30, 30, 300, 300])[..., 3]
    assert not one[:30, :30].any()
    assert error(one, truth) < 0.05 * truth.sum() / 255


@pytest.mark.parametrize(("points", "box"), [([[SIDE, 0, 1]], None), ([], [SIDE, 0, SIDE + 5, 5])])
def test_a_place_outside_the_picture_is_refused(points: list[list[int]], box: list[int] | None) -> None:
    with pytest.raises(CannotRefine):
        cut_by_taps(layers_of(*ball()), points, box)


def test_equal_taps_have_equal_answers() -> None:
    rgb, truth = ball()
    alpha = np.where(circle((165, 100), 16), 255, truth).astype(np.uint8)
    one, other = (cut_by_taps(layers_of(rgb, alpha), [[172, 100, 0]], None) for _ in range(2))
    assert np.array_equal(one, other)


def test_windows_grow_up_to_the_whole_picture() -> None:
    windows = list(windows_round((10, 500), (600, 1000)))
    assert windows[0] == (slice(404, 596), slice(0, 106))
    assert windows[-1] == (slice(0, 600), slice(0, 1000))
    assert len(windows) <= 5


def test_a_model_is_asked_for_the_subject_and_what_is_added_to_it() -> None:
    alpha = np.where(circle((100, 100), 20), 255, 0).astype(np.uint8)
    prompt = prompt_for(alpha, [[150, 60, 1], [10, 10, 0]], None, (SIDE // 2, SIDE // 2))
    assert prompt == {"points": [[75, 30, 1], [5, 5, 0]], "box": [40, 30, 76, 60]}
    assert prompt_for(alpha, [], [10, 20, 30, 40], (SIDE, SIDE)) == {"box": [10, 20, 30, 40]}
    assert "box" not in prompt_for(np.zeros_like(alpha), [[1, 1, 0]], None, (SIDE, SIDE))


def test_a_models_mask_is_followed_and_edges_that_agree_stay_soft() -> None:
    rgb, truth = ball()
    layers = layers_of(rgb, np.where(circle((165, 100), 16), 255, truth).astype(np.uint8))
    after = follow_mask(layers, np.where(truth > 127, 255, 0).astype(np.uint8))[..., 3]
    left = np.arange(SIDE) < 100
    assert np.array_equal(after[:, left], truth[:, left])
    assert error(after, truth) < 0.1 * error(layers.alpha, truth)


def test_what_a_model_was_unsure_about_goes_whole_and_edges_stay() -> None:
    rgb, truth = ball()
    haze = circle((165, 165), 20)
    alpha = np.where(haze, 140, truth).astype(np.uint8)
    after = cut_by_taps(layers_of(rgb, alpha), [[168, 168, 0]], None)[..., 3]
    assert not after[haze].any()
    assert np.array_equal(after[:, :100], truth[:, :100])


def test_a_tap_at_the_edge_adds_no_surface_of_the_background() -> None:
    rgb, truth = ball()
    at = int(np.flatnonzero(truth[100] > 127)[-1]) + 1
    after = cut_by_taps(layers_of(rgb, truth), [[at, 100, 1]], None)[..., 3]
    assert error(after, truth) < 60


def test_a_tap_inside_a_cups_handle_clears_that_patch_alone() -> None:
    rgb, alpha, inside = cup()
    after = cut_by_taps(layers_of(rgb, alpha), [[*HANDLE, 0]], None)[..., 3]
    cleared = (alpha >= 128) & (after < 128)
    assert cleared[inside].mean() > 0.8
    assert (cleared & ~inside).sum() < 0.1 * inside.sum()


@pytest.mark.parametrize("at", [(150, 300), (210, 280), (300, 210), (330, 110)])
def test_a_tap_that_takes_away_leaves_what_is_far_from_it(at: tuple[int, int]) -> None:
    rgb, alpha, _ = cup()
    after = cut_by_taps(layers_of(rgb, alpha), [[*at, 0]], None)[..., 3]
    rows, columns = np.nonzero(after != alpha)
    assert np.hypot(rows - at[1], columns - at[0]).max() < 60
    assert len(rows) > 100


def test_what_a_tap_adds_is_connected_to_it() -> None:
    rgb, truth = ball()
    alpha = np.where(circle((140, 100), 12) | circle((60, 100), 12), 0, truth).astype(np.uint8)
    after = cut_by_taps(layers_of(rgb, alpha), [[140, 100, 1]], None)[..., 3]
    assert (after[circle((140, 100), 9)] == 255).all()
    assert not after[circle((60, 100), 9)].any()
