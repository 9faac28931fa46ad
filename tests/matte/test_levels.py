from __future__ import annotations

import numpy as np

from animations.matte.levels import CLEAR, SOLID, apply_levels


def test_levels_clear_haze_fill_the_almost_solid_and_keep_soft_edges() -> None:
    alpha = np.array([[0, CLEAR, CLEAR + 1, 128, SOLID - 1, SOLID, 255]], np.uint8)
    levelled = apply_levels(alpha)
    assert levelled.dtype == np.uint8
    assert levelled[0, :2].tolist() == [0, 0]
    assert levelled[0, 5:].tolist() == [255, 255]
    assert 0 < levelled[0, 2] < 4
    assert abs(int(levelled[0, 3]) - 128) <= 1
    assert (np.diff(apply_levels(np.arange(256, dtype=np.uint8)[None])[0].astype(int)) >= 0).all()


def eye(level: int, radius: int = 3) -> np.ndarray:
    """Draw a solid disc with a spot of `level` in its middle."""
    y, x = np.mgrid[:200, :200]
    away = np.hypot(y - 100, x - 100)
    alpha = np.where(away < 80, 255, 0).astype(np.uint8)
    alpha[away < radius] = level
    return alpha


def test_a_small_spot_that_a_model_is_undecided_about_is_solid() -> None:
    for level in (CLEAR + 1, 60, 128, 230):
        assert (apply_levels(eye(level))[80:120, 80:120] == 255).all()


def test_a_hole_that_a_model_sees_through_stays_and_so_does_a_large_pane() -> None:
    assert apply_levels(eye(0))[100, 100] == 0
    assert apply_levels(eye(CLEAR))[100, 100] == 0
    assert abs(int(apply_levels(eye(128, radius=20))[100, 100]) - 128) <= 1


def test_a_spot_at_the_border_or_in_the_soft_edge_stays() -> None:
    alpha = np.full((100, 100), 255, np.uint8)
    alpha[0:3, 40:43] = 100
    alpha[50:, :] = 0
    alpha[48:50, :] = 120
    levelled = apply_levels(alpha)
    assert 0 < levelled[1, 41] < 255
    assert 0 < levelled[49, 50] < 255
