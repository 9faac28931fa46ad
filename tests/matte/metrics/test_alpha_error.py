import numpy as np
import pytest

from tests.matte.metrics.alpha_error import mean_absolute_difference, mean_halo


def test_the_mean_absolute_difference_counts_both_ways() -> None:
    alpha = np.array([[0, 255], [100, 100]], np.uint8)
    truth = np.array([[255, 0], [100, 151]], np.uint8)
    assert mean_absolute_difference(alpha, truth) == pytest.approx((255 + 255 + 51) / 4 / 255)
    assert mean_absolute_difference(truth, truth) == 0


def test_a_bright_rim_is_a_halo_and_a_dark_one_is_not() -> None:
    cutout = np.zeros((9, 9, 4), np.uint8)
    cutout[2:7, 2:7] = (50, 50, 50, 255)
    assert mean_halo(cutout) == 0
    cutout[2, 2:7] = (150, 150, 150, 128)
    assert mean_halo(cutout) == pytest.approx(100 * 128 / 255, abs=0.5)
    cutout[2, 2:7] = (10, 10, 10, 128)
    assert mean_halo(cutout) == 0
