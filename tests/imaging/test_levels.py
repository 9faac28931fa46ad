import numpy as np
import pytest

from animations.imaging.levels import opaque_level, peak_level, visible_level


@pytest.mark.parametrize(("top", "seen", "solid"), [(255, 6, 128), (100, 2, 50), (3, 1, 2), (1, 1, 1)])
def test_what_counts_follows_the_highest_level(top: int, seen: int, solid: int) -> None:
    alpha = np.array([[0, top // 2, top]], np.uint8)
    assert (peak_level(alpha), visible_level(alpha), opaque_level(alpha)) == (top, seen, solid)


@pytest.mark.parametrize("empty", [np.zeros((3, 4), np.uint8), np.zeros((0, 4), np.uint8)])
def test_nothing_is_never_seen(empty: np.ndarray) -> None:
    assert peak_level(empty) == 0
    assert not (empty >= visible_level(empty)).any()
    assert not (empty >= opaque_level(empty)).any()
