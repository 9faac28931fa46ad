import numpy as np
import pytest

from animations.matte.subject import has_subject, subject_prompt


@pytest.mark.parametrize("level", [255, 100, 40])
@pytest.mark.parametrize("side", [1000, 60, 8])
def test_a_faint_or_tiny_subject_is_found(level: int, side: int) -> None:
    alpha = np.zeros((1000, 1000), np.uint8)
    alpha[:side, :side] = level
    assert has_subject(alpha)


def test_a_clear_a_hazy_and_a_specked_alpha_have_no_subject() -> None:
    nothing = np.zeros((1000, 1000), np.uint8)
    speck = nothing.copy()
    speck[500:502, 500:502] = 255
    assert not has_subject(nothing)
    assert not has_subject(nothing + np.uint8(12))
    assert not has_subject(speck)


def test_a_prompt_is_the_box_round_the_subject_or_else_the_middle() -> None:
    alpha = np.zeros((60, 80), np.uint8)
    alpha[10:20, 30:50] = 200
    assert subject_prompt(alpha, (80, 60)) == {"box": [30, 10, 50, 20]}
    assert subject_prompt(alpha, (160, 120)) == {"box": [60, 20, 100, 40]}
    assert subject_prompt(alpha, (800, 600), (40, 20, 120, 80)) == {"box": [70, 30, 90, 40]}
    faint = np.where(alpha > 0, np.uint8(60), np.uint8(8))
    assert subject_prompt(faint, (80, 60)) == {"box": [30, 10, 50, 20]}
    for nothing in (None, np.zeros((60, 80), np.uint8)):
        assert subject_prompt(nothing, (80, 60)) == {"points": [[40, 30, 1]]}
