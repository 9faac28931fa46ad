"""Where pixels of one picture are in another: by what they show, and by how the subject moves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from animations.matte.propagation.flow import TRUSTED, Motion, MotionTracker, find_places, identity, read_at
from tests.matte.propagation.clips import SIDE, blob, moved


def test_places_follow_a_picture_that_is_shifted() -> None:
    picture = cv2.cvtColor(moved(0, 0)[0], cv2.COLOR_RGB2GRAY)
    away = find_places(np.roll(picture, (3, 5), (0, 1)), picture) - identity(picture.shape)
    assert np.median(away[..., 0]) == pytest.approx(-5, abs=0.2)
    assert np.median(away[..., 1]) == pytest.approx(-3, abs=0.2)


def test_a_plane_is_read_at_places() -> None:
    plane = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert np.array_equal(read_at(plane, identity((3, 4))), plane)
    assert read_at(plane, identity((3, 4)) + np.array((1, 0), np.float32))[0].tolist() == [1, 2, 3, 3]


def test_a_subject_is_followed_over_a_ground_that_stays() -> None:
    first, alpha = moved(0, 0)
    tracker = MotionTracker(first, alpha >= 128, blob((70, 62), 10))
    for step in range(1, 5):
        motion = tracker.step(moved(5 * step, 2 * step)[0])
    home = motion.subject - identity((SIDE, SIDE))
    assert home[80, 90] == pytest.approx((-20, -8), abs=0.7)
    assert (motion.places - identity((SIDE, SIDE)))[10, 10] == pytest.approx((0, 0), abs=0.3)
    assert motion.doubt[10, 10] < 0.5


def test_what_was_hidden_is_in_doubt() -> None:
    first, alpha = moved(0, 0)
    motion = MotionTracker(first, alpha >= 128, blob((70, 62), 10)).step(moved(8, 0)[0])
    clear = moved(8, 0)[1] == 0
    assert np.mean(motion.doubt[(alpha >= 250) & clear] > TRUSTED) > 0.5
    assert np.mean(motion.doubt[(alpha == 0) & clear] > TRUSTED) < 0.02


def test_a_subject_without_a_point_to_follow_does_not_move() -> None:
    flat = np.full((SIDE, SIDE, 3), 90, np.uint8)
    motion = MotionTracker(flat, np.ones((SIDE, SIDE), bool), blob((70, 62), 10)).step(flat)
    assert np.allclose(motion.subject, identity((SIDE, SIDE)))


def test_a_motion_is_enlarged_with_its_picture() -> None:
    small = Motion(
        identity((10, 20)) + np.array((1, 2), np.float32), np.full((10, 20), 0.5, np.float32), identity((10, 20))
    )
    large = small.enlarged((40, 20))
    assert large.doubt.shape == (20, 40)
    assert large.doubt[5, 5] == 1
    assert (large.places - identity((20, 40)))[10, 20] == pytest.approx((2, 4), abs=1e-3)
    assert (large.subject - identity((20, 40)))[10, 20] == pytest.approx((0, 0), abs=1e-3)
