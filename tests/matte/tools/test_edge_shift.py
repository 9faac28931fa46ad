"""The edge moved, softened and cleaned."""

from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Alpha
from animations.matte.tools.edge_shift import adjust_edge, feather_alpha, shift_alpha
from tests.matte.tools.images import ball, layers_of


def radius(alpha: Alpha) -> float:
    return float(np.sqrt(alpha.sum() / 255 / np.pi))


@pytest.mark.parametrize("shift", [-8, -3, -0.5, 0, 1, 2.5, 12])
def test_a_round_edge_moves_by_as_much_as_asked_and_stays_round(shift: float) -> None:
    _, alpha = ball()
    moved = shift_alpha(alpha, shift)
    assert abs(radius(moved) - radius(alpha) - shift) <= 0.1 * abs(shift) + 0.01
    rows, columns = (moved > 127).any(axis=1).sum(), (moved > 127).any(axis=0).sum()
    assert abs(int(rows) - int(columns)) <= 1


def test_an_edge_fades_over_as_many_pixels_as_asked_about_its_place() -> None:
    _, alpha = ball()
    soft = feather_alpha(np.where(alpha > 127, 255, 0).astype(np.uint8), 12)
    row = soft[100, 100:]
    assert 8 <= ((row > 8) & (row < 247)).sum() <= 14
    assert abs(int((row > 127).sum()) - int((alpha[100, 100:] > 127).sum())) <= 1
    assert np.array_equal(feather_alpha(alpha, 0), alpha)


def test_soft_pixels_are_cleaned_or_left_as_they_came_where_the_edge_stays() -> None:
    rgb, alpha = ball()
    layers = layers_of(rgb, alpha)
    soft = (alpha > 0) & (alpha < 255)
    raw = adjust_edge(layers, 0, 0, decontaminate=False)
    assert np.array_equal(raw[soft][:, :3], rgb[soft])
    clean = adjust_edge(layers_of(rgb, alpha), 0, 0, decontaminate=True)
    assert np.array_equal(clean, layers.cutout)
    assert np.array_equal(clean[..., 3], alpha)
