import numpy as np

from animations.encode.visibility import drop_empty, filled_share, name_frames, shows_anything, visible_share
from tests.encode.images import Frame, ball

NOTHING = np.zeros((64, 64, 4), np.uint8)


def spot(side: int, alpha: int = 255) -> Frame:
    frame = NOTHING.copy()
    frame[10 : 10 + side, 20 : 20 + side] = (1, 2, 3, alpha)
    return frame


def test_a_frame_shows_something_if_some_pixels_can_be_noticed() -> None:
    assert not shows_anything(NOTHING)
    assert not shows_anything(spot(1))
    assert not shows_anything(spot(20, alpha=7))
    assert shows_anything(spot(2))
    assert shows_anything(spot(20, alpha=8))


def test_an_empty_frame_lends_its_time_to_the_one_before_it() -> None:
    frames = [NOTHING, spot(9), NOTHING, NOTHING, spot(5)]
    assert drop_empty(frames, [10, 20, 30, 40, 50]) == ([90, 60], [0, 2, 3])
    assert drop_empty([NOTHING], [50]) == ([], [0])


def test_the_filled_share_is_that_of_the_fullest_frame() -> None:
    assert filled_share([spot(2), spot(16), spot(4)]) == (16 / 64) ** 2
    assert filled_share([ball(64, 0)]) > 0.1


def test_visible_pixels_are_counted_wherever_they_are() -> None:
    corners = NOTHING.copy()
    corners[0, 0, 3] = corners[63, 63, 3] = 8
    corners[5, 5, 3] = 7
    assert visible_share([NOTHING, corners, NOTHING]) == 2 / 64**2
    assert filled_share([corners]) == 1


def test_frames_are_named_as_people_count_them() -> None:
    assert name_frames([2]) == "frame 3"
    assert name_frames([0, 4]) == "frames 1 and 5"
    assert name_frames([0, 1, 4]) == "frames 1, 2 and 5"
    assert name_frames(range(7)) == "frames 1, 2, 3, 4, 5, 6 and 7"
    assert name_frames(range(10)) == "frames 1, 2, 3, 4, 5, 6 and 4 more"
