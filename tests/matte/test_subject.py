import numpy as np
import pytest

from animations.matte.subject import halo, mean_absolute_difference, shows_something


def test_the_mean_absolute_difference_counts_both_ways() -> None:
    alpha = np.array([[0, 255], [100, 100]], np.uint8)
    truth = np.array([[255, 0], [100, 151]], np.uint8)
    assert mean_absolute_difference(alpha, truth) == pytest.approx((255 + 255 + 51) / 4 / 255)
    assert mean_absolute_difference(truth, truth) == 0


@pytest.mark.parametrize("level", [255, 100, 40])
@pytest.mark.parametrize("side", [1000, 60, 8])
def test_a_faint_or_tiny_subject_is_one(level: int, side: int) -> None:
    alpha = np.zeros((1000, 1000), np.uint8)
    alpha[:side, :side] = level
    assert shows_something(alpha)


def test_nothing_a_doubt_all_over_or_a_speck_is_none() -> None:
    nothing = np.zeros((1000, 1000), np.uint8)
    speck = nothing.copy()
    speck[500:502, 500:502] = 255
    assert not shows_something(nothing)
    assert not shows_something(nothing + np.uint8(12))
    assert not shows_something(speck)


def test_a_bright_rim_is_a_halo_and_a_dark_one_is_not() -> None:
    cutout = np.zeros((9, 9, 4), np.uint8)
    cutout[2:7, 2:7] = (50, 50, 50, 255)
    assert halo(cutout) == 0
    cutout[2, 2:7] = (150, 150, 150, 128)
    assert halo(cutout) == pytest.approx(100 * 128 / 255, abs=0.5)
    cutout[2, 2:7] = (10, 10, 10, 128)
    assert halo(cutout) == 0
