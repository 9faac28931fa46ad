from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from animations.encode.fit import fit
from animations.encode.fitting.pixel_art_frames import fit_pixel_art, split_pixel_art
from animations.encode.platforms import PLATFORMS
from animations.imaging.arrays import Frame
from animations.imaging.pixel_art import block_side, enlarge, reduce_blocks
from tests.encode.images import played
from tests.imaging.images import photo, seen_colours, sprite

EMPTY = np.zeros((32, 32, 4), np.uint8)


def walk(count: int = 4, side: int = 32) -> list[Frame]:
    return [np.roll(sprite(side), step, axis=1) for step in range(count)]


def test_frames_of_pixel_art_are_taken_in_their_own_size() -> None:
    frames = [*walk(), EMPTY]
    for times in (1, 3, 8):
        art, others = split_pixel_art(enlarge(frame, times) for frame in frames)
        assert np.array_equal(art, frames)
        assert list(others) == []


def test_one_scale_is_found_for_frames_of_larger_and_smaller_blocks() -> None:
    coarse = enlarge(sprite(8), 4)
    art, _ = split_pixel_art([enlarge(frame, 4) for frame in (coarse, *walk())])
    assert np.array_equal(art, [coarse, *walk()])


def test_one_photo_among_them_and_all_come_as_they_are() -> None:
    frames = [enlarge(EMPTY, 2), *(enlarge(frame, 2) for frame in walk()), photo(64), enlarge(sprite(32), 2)]
    art, others = split_pixel_art(frames)
    assert art == []
    assert all(np.array_equal(one, other) for one, other in zip(frames, others, strict=True))


def test_photos_are_looked_at_once_and_taken_one_by_one() -> None:
    taken = []

    def coming() -> Iterator[Frame]:
        for number in range(5):
            taken.append(number)
            yield photo(64)

    art, _ = split_pixel_art(coming())
    assert (art, taken) == ([], [0])


def test_frames_that_show_nothing_are_no_art() -> None:
    art, others = split_pixel_art([EMPTY, EMPTY])
    assert (art, len(list(others))) == ([], 2)


@pytest.mark.parametrize(("side", "canvas", "times"), [(32, 128, 4), (32, 180, 5), (20, 128, 6), (48, 100, 2)])
def test_art_is_enlarged_by_the_largest_whole_number_and_centred(side: int, canvas: int, times: int) -> None:
    (made,) = fit_pixel_art([sprite(side)], canvas, canvas)
    edge = (canvas - side * times) // 2
    assert made.shape == (canvas, canvas, 4)
    assert np.array_equal(made[edge : edge + side * times, edge : edge + side * times], enlarge(sprite(side), times))
    assert int((made[..., 3] > 0).sum()) == int((sprite(side)[..., 3] > 0).sum()) * times**2


@pytest.mark.parametrize(("side", "canvas"), [(70, 128), (100, 64), (128, 100)])
def test_art_that_no_whole_number_suits_gets_no_colour_of_its_own(side: int, canvas: int) -> None:
    (made,) = fit_pixel_art([sprite(side)], canvas, canvas)
    assert seen_colours([made]) <= seen_colours([sprite(side)])
    assert (made[..., 3] > 0).mean() == pytest.approx((sprite(side)[..., 3] > 0).mean(), rel=0.1)


@pytest.mark.parametrize("times", [1, 3, 8, 16])
@pytest.mark.parametrize("slug", ["slack", "discord_emoji"])
def test_a_file_of_pixel_art_has_its_colours_and_blocks_however_it_was_enlarged(slug: str, times: int) -> None:
    frames = [enlarge(frame, times) for frame in walk()]
    made, *_ = played(fit(frames, [100] * 4, PLATFORMS[slug]).data)
    assert seen_colours(made) == seen_colours(walk())
    assert [block_side(frame) for frame in made] == [4] * 4
    assert all(np.array_equal(reduce_blocks(one, 4), other) for one, other in zip(made, walk(), strict=True))
