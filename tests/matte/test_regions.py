"""Regions of masks."""

from __future__ import annotations

import numpy as np

from animations.matte.regions import grow


def test_a_mask_grows_by_px_to_each_side() -> None:
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    grown = grow(mask, 2)
    assert grown.sum() == 25
    assert grown[2:7, 2:7].all()
