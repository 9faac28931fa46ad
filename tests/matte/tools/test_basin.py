"""The patch round a place that the picture's edges enclose."""

from __future__ import annotations

import numpy as np

from animations.matte.tools.basin import basin_round
from tests.matte.tools.images import SIDE, circle


def test_a_patch_ends_at_the_edge_round_it() -> None:
    dot = circle((100, 100), 20)
    rgb = np.where(dot[..., None], np.uint8(30), np.uint8(36)).repeat(3, axis=2)
    patch = basin_round(rgb, (95, 100), 3, 50)
    assert (patch & dot).sum() > 0.9 * dot.sum()
    assert (patch & ~dot).sum() < 0.2 * dot.sum()


def test_a_patch_without_an_edge_ends_within_reach() -> None:
    patch = basin_round(np.full((SIDE, SIDE, 3), 90, np.uint8), (4, 100), 3, 30)
    rows, columns = np.nonzero(patch)
    assert patch[100, 4]
    assert np.hypot(rows - 100, columns - 4).max() <= 30
