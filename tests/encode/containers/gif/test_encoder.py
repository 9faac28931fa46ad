import numpy as np
import pytest

from animations.encode.containers.gif import encoder
from animations.encode.frames import cut_alpha
from animations.encode.palette import learn_palette
from tests.encode.images import Frame, ball, corners_alpha, noise, photo, played, psnr_inside, rolling


def shown_right(frames: list[Frame], delays: list[int], colours: int = 256) -> list[Frame]:
    """Encode, check that each frame's silhouette is exactly the cut one, and return what is shown."""
    shown, _, _ = played(encoder.encode(frames, delays, colours))
    assert len(shown) == len(frames)
    for frame, seen in zip(frames, shown, strict=True):
        assert np.array_equal(seen[..., 3], cut_alpha(frame)[..., 3])
    return shown


def test_a_rolling_ball_comes_back_with_transparent_corners_and_plays_for_ever() -> None:
    frames = rolling(12)
    shown = shown_right(frames, [80] * 12)
    _, delays, loop = played(encoder.encode(frames, [80] * 12, 256))
    assert (delays, loop) == ([80] * 12, 0)
    for frame, seen in zip(frames, shown, strict=True):
        assert corners_alpha(seen) == [0, 0, 0, 0]
        assert psnr_inside(cut_alpha(frame), seen) > 36


def test_the_edge_keeps_its_straight_colour() -> None:
    frame = ball(64, 0)
    seen = shown_right([frame], [100])[0]
    edge = (frame[..., 3] >= 128) & (frame[..., 3] < 255)
    assert edge.any()
    assert np.abs(seen[edge][:, :3].astype(int) - frame[edge][:, :3]).max() <= 16


@pytest.mark.parametrize("colours", [256, 100, 2])
def test_the_palette_of_a_file_is_read_as_it_was_learnt(colours: int) -> None:
    frame = cut_alpha(ball(64, 0))
    palette = learn_palette([frame], colours)
    assert np.array_equal(encoder.read_palette(encoder.encode([frame], [50], colours)), palette)
    ((shown,), _, _) = played(encoder.encode([frame], [50], colours))
    assert np.array_equal(palette[encoder.index_colours(frame, palette, dithers=False)], shown)


def test_delays_are_spread_over_whole_hundredths_and_never_below_two() -> None:
    _, delays, _ = played(encoder.encode(rolling(6), [33, 33, 34, 25, 25, 5], 32))
    assert delays == [30, 40, 30, 30, 20, 20]


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_frame_that_shows_nothing_shows_nothing(gone: int) -> None:
    frames = rolling(4)
    frames[gone] = np.zeros_like(frames[gone])
    shown_right(frames, [50] * 4)


def test_a_transparent_frame_after_an_opaque_one_leaves_nothing_standing() -> None:
    full = photo(2, 64)
    shown_right([full[0], ball(64, 0.1), full[1], ball(64, 0.4), full[1]], [40] * 5, colours=128)


def test_a_subject_that_only_grows_is_drawn_over_itself_and_then_shrinks() -> None:
    radii = [4, 9, 14, 20, 14, 9]
    frames = [ball(64, 0, radius) for radius in radii]
    shown = shown_right(frames, [40] * 6)
    for frame, seen in zip(frames, shown, strict=True):
        assert psnr_inside(cut_alpha(frame), seen) > 34


def test_a_still_part_is_not_written_again() -> None:
    still = photo(1, 96)[0]
    blinking = still.copy()
    blinking[40:44, 40:44] = (255, 0, 0, 255)
    once = len(encoder.encode([still], [50], 64))
    data = encoder.encode([still, blinking] * 5, [50] * 10, 64)
    assert len(data) < once * 1.2
    assert len(played(data)[0]) == 10


@pytest.mark.parametrize("colours", [2, 4, 32, 256])
def test_no_more_colours_are_used_than_asked_for(colours: int) -> None:
    shown = shown_right(noise(2, 48), [50] * 2, colours)
    seen = np.concatenate([frame[frame[..., 3] > 0] for frame in shown])
    assert 0 < len(np.unique(seen, axis=0)) <= colours - 1


def test_fewer_colours_are_fewer_bytes() -> None:
    frames = rolling(4)
    sizes = [len(encoder.encode(frames, [50] * 4, colours)) for colours in (256, 64, 16, 4)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] / 2


def test_odd_sizes_and_one_pixel_come_back() -> None:
    shown_right([frame[:33, :37] for frame in rolling(3)], [50] * 3)
    shown_right([np.full((1, 1, 4), 255, np.uint8)], [50])
