from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Frame
from animations.imaging.difference import looks_alike, loop_steps, mean_difference


def grey(level: int, alpha: int = 255) -> Frame:
    frame = np.full((4, 4, 4), level, np.uint8)
    frame[..., 3] = alpha
    return frame


def test_pictures_differ_by_the_mean_of_their_grey_levels() -> None:
    assert mean_difference(grey(10), grey(30)) == pytest.approx(15)  # three channels of four
    assert mean_difference(grey(10), grey(10)) == 0


def test_colour_that_cannot_be_seen_does_not_count() -> None:
    assert mean_difference(grey(0, alpha=0), grey(200, alpha=0)) == 0


def test_pictures_look_alike_by_what_they_show_however_small_that_is() -> None:
    small = np.zeros((100, 100, 4), np.uint8)
    small[:4, :4] = (200, 50, 50, 255)
    moved = np.roll(small, 1, axis=0)
    assert looks_alike(small, small.copy())
    assert mean_difference(small, moved) < 0.5 and not looks_alike(small, moved)
    assert not looks_alike(grey(10), grey(12)) and looks_alike(np.zeros_like(small), np.zeros_like(small))
    assert not looks_alike(small, grey(10))


def test_the_steps_of_a_loop_go_from_its_last_frame_to_its_first() -> None:
    assert loop_steps([grey(0), grey(20), grey(60)]) == pytest.approx([15, 30, 45])
