import numpy as np
import pytest

from animations.imaging.levels import opaque_level, peak_level, visible_level


@pytest.mark.parametrize(("top", "seen", "solid"), [(255, 6, 128), (100, 2, 50), (3, 1, 2), (1, 1, 1)])
def test_visible_and_opaque_levels_follow_the_peak(top: int, seen: int, solid: int) -> None:
    alpha = np.array([[0, top // 2, top]], np.uint8)
    assert (peak_level(alpha), visible_level(alpha), opaque_level(alpha)) == (top, seen, solid)


@pytest.mark.parametrize("empty", [np.zeros((3, 4), np.uint8), np.zeros((0, 4), np.uint8)])
def test_a_clear_alpha_has_nothing_visible(empty: np.ndarray) -> None:
    assert peak_level(empty) == 0
    assert not (empty >= visible_level(empty)).any()
    assert not (empty >= opaque_level(empty)).any()
