from __future__ import annotations

import numpy as np

from animations.matte.levels import CLEAR, SOLID, settle


def test_haze_is_clear_and_almost_solid_is_solid_and_what_is_soft_stays_soft() -> None:
    alpha = np.array([[0, CLEAR, CLEAR + 1, 128, SOLID - 1, SOLID, 255]], np.uint8)
    settled = settle(alpha)
    assert settled.dtype == np.uint8
    assert settled[0, :2].tolist() == [0, 0]
    assert settled[0, 5:].tolist() == [255, 255]
    assert 0 < settled[0, 2] < 4
    assert abs(int(settled[0, 3]) - 128) <= 1
    assert (np.diff(settle(np.arange(256, dtype=np.uint8)[None])[0].astype(int)) >= 0).all()
