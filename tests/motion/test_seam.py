import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.seam import SEAM_LIMIT, Seam, frame_seam, looks_alike, loop_seam, step


def grey(level: int, alpha: int = 255) -> npt.NDArray[np.uint8]:
    frame = np.full((4, 4, 4), level, np.uint8)
    frame[..., 3] = alpha
    return frame


def test_a_step_is_the_mean_difference_in_grey_levels() -> None:
    assert step(grey(10), grey(30)) == pytest.approx(15)  # three channels of four
    assert step(grey(10), grey(10)) == 0


def test_colour_that_cannot_be_seen_does_not_count() -> None:
    assert step(grey(0, alpha=0), grey(200, alpha=0)) == 0


def test_pictures_look_alike_by_what_they_show_however_small_that_is() -> None:
    small = np.zeros((100, 100, 4), np.uint8)
    small[:4, :4] = (200, 50, 50, 255)
    moved = np.roll(small, 1, axis=0)
    assert looks_alike(small, small.copy())
    assert step(small, moved) < 0.5 and not looks_alike(small, moved)
    assert not looks_alike(grey(10), grey(12)) and looks_alike(np.zeros_like(small), np.zeros_like(small))
    assert not looks_alike(small, grey(10))


def test_the_seam_is_the_last_step_against_the_median_of_the_others() -> None:
    smooth = loop_seam([grey(level) for level in (0, 10, 20, 10)])
    torn = loop_seam([grey(level) for level in (0, 10, 20, 30)])
    assert smooth == Seam(7.5, 7.5) and smooth.ratio == 1 and smooth.smooth
    assert torn.ratio == 3 > SEAM_LIMIT and not torn.smooth


def test_a_still_loop_has_a_smooth_seam() -> None:
    assert loop_seam([grey(7)] * 3).smooth


def test_a_replaced_frame_is_measured_against_the_rest_of_the_loop() -> None:
    frames = [grey(level) for level in (0, 10, 20, 30, 20, 10)]
    assert frame_seam(frames, 2).ratio == 1
    frames[2] = grey(60)
    found = frame_seam(frames, 2)
    assert found == Seam(37.5, 7.5) and not found.smooth
    assert frame_seam([grey(0), grey(10)], 0).ratio == 1


def test_too_few_frames_and_missing_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        loop_seam([grey(1)])
    with pytest.raises(ValueError, match="at least two"):
        frame_seam([grey(1)], 0)
    with pytest.raises(IndexError):
        frame_seam([grey(1), grey(2)], 2)
