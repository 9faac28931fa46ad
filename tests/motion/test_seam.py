from __future__ import annotations

import pytest

from animations.motion.seam import Seam, frame_seam


def test_a_replaced_frame_is_measured_against_the_rest_of_the_loop() -> None:
    assert frame_seam([7.5] * 6, 2).ratio == 1
    found = frame_seam([7.5, 37.5, 22.5, 7.5, 7.5, 7.5], 2)
    assert found == Seam(37.5, 7.5) and found.ratio == 5


def test_the_first_frame_touches_the_step_from_the_last() -> None:
    assert frame_seam([1.0, 1.0, 1.0, 1.0, 9.0], 0) == Seam(9.0, 1.0)


def test_two_frames_are_measured_by_their_own_steps() -> None:
    assert frame_seam([7.5, 7.5], 0).ratio == 1


def test_a_step_that_no_eye_sees_makes_no_seam() -> None:
    assert frame_seam([0.1, 0.1, 0.0, 0.0, 0.0], 1).ratio < 1


def test_too_few_frames_and_missing_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        frame_seam([0.0], 0)
    with pytest.raises(IndexError):
        frame_seam([1.0, 1.0], 2)
