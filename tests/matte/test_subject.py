import numpy as np
import pytest

from animations.matte.subject import has_subject


@pytest.mark.parametrize("level", [255, 100, 40])
@pytest.mark.parametrize("side", [1000, 60, 8])
def test_a_faint_or_tiny_subject_is_one(level: int, side: int) -> None:
    alpha = np.zeros((1000, 1000), np.uint8)
    alpha[:side, :side] = level
    assert has_subject(alpha)


def test_nothing_a_doubt_all_over_or_a_speck_is_none() -> None:
    nothing = np.zeros((1000, 1000), np.uint8)
    speck = nothing.copy()
    speck[500:502, 500:502] = 255
    assert not has_subject(nothing)
    assert not has_subject(nothing + np.uint8(12))
    assert not has_subject(speck)
