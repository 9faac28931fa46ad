import numpy as np

from animations.encode.visibility import Fullness, drop_empty, name_frames, shows_anything, visible_pixels
from tests.encode.images import Frame, ball

NOTHING = np.zeros((64, 64, 4), np.uint8)


def spot(side: int, alpha: int = 255) -> Frame:
    frame = NOTHING.copy()
    frame[10 : 10 + side, 20 : 20 + side] = (1, 2, 3, alpha)
    return frame


def test_a_frame_shows_something_if_some_pixels_can_be_noticed() -> None:
    shown = [NOTHING, spot(1), spot(20, alpha=7), spot(2), spot(20, alpha=8)]
    assert [shows_anything(visible_pixels(frame)) for frame in shown] == [False, False, False, True, True]


def test_what_stands_on_white_is_told_from_it_by_its_colour() -> None:
    white = np.full((64, 64, 4), 255, np.uint8)
    assert not visible_pixels(white, on_white=True).any()
    white[3:5, 7] = (249, 255, 255, 255)
    assert visible_pixels(white, on_white=True).sum() == 2


def test_an_empty_frame_lends_its_time_to_the_one_before_it() -> None:
    frames = [NOTHING, spot(9), NOTHING, NOTHING, spot(5)]
    assert drop_empty(frames, [10, 20, 30, 40, 50]) == ([90, 60], [0, 2, 3])
    assert drop_empty([NOTHING], [50]) == ([], [0])


def fullness(*frames: Frame) -> Fullness:
    found = Fullness()
    for frame in frames:
        found.add(visible_pixels(frame))
    return found


def test_the_filled_share_is_that_of_the_fullest_frame() -> None:
    assert fullness(spot(2), spot(16), spot(4)).filled == (16 / 64) ** 2
    assert fullness(ball(64, 0)).filled > 0.1
    assert fullness(ball(64, 0)).words() == []


def test_visible_pixels_are_counted_wherever_they_are() -> None:
    corners = NOTHING.copy()
    corners[0, 0, 3] = corners[63, 63, 3] = 8
    corners[5, 5, 3] = 7
    found = fullness(NOTHING, corners, NOTHING)
    assert (found.visible, found.filled) == (2 / 64**2, 1)
    assert found.words() == ["hardly anything shows: less than 0.2 % of the picture can be seen"]


def test_frames_are_named_as_people_count_them() -> None:
    assert name_frames([2]) == "frame 3"
    assert name_frames([0, 4]) == "frames 1 and 5"
    assert name_frames([0, 1, 4]) == "frames 1, 2 and 5"
    assert name_frames(range(7)) == "frames 1, 2, 3, 4, 5, 6 and 7"
    assert name_frames(range(10)) == "frames 1, 2, 3, 4, 5, 6 and 4 more"
