from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Frame
from animations.imaging.pixel_art import block_side, enlarge, is_pixel_art, reduce_blocks, resize_art, whole_scale
from tests.imaging.images import as_jpeg, ball, cartoon, gradient, opaque, photo, sprite, text

ART = {
    "four colours": sprite(16),
    "sixteen colours": sprite(32, 16),
    "forty colours": sprite(64, 40),
    "shaded": ball(32),
    "on a background": np.where(sprite(32)[..., 3:] > 0, sprite(32), np.array((200, 220, 240, 255), np.uint8)),
    "translucent all over": np.where(sprite(32) > 0, sprite(32), np.uint8(0)) // np.array((1, 1, 1, 5), np.uint8),
}
OTHERS = {
    "photo": photo(64),
    "small photo": photo(24),
    "JPEG": as_jpeg(sprite(64, 16)),
    "JPEG of a photo": as_jpeg(photo(64)),
    "gradient": gradient(64),
    "banded gradient": gradient(128, 16),
    **{f"cartoon of {side} px": cartoon(side) for side in (24, 32, 64, 128)},
    **{f"cartoon of {side} px as GIF": cartoon(side, 16) for side in (24, 32, 64, 128)},
    **{f"letters of {side} px": text(side) for side in (24, 64, 128)},
    **{f"letters of {side} px in greys": text(side, greys=8) for side in (24, 64, 128)},
    "letters on nothing": text(64, clear=True),
    "plain": opaque(np.full((32, 32, 3), 90, np.uint8)),
    "large drawing of few colours": sprite(300),
}


@pytest.mark.parametrize("name", ART)
@pytest.mark.parametrize("times", [1, 2, 3, 4, 10])
def test_pixel_art_is_recognised_in_its_own_size_and_enlarged(name: str, times: int) -> None:
    frame = enlarge(ART[name], times)
    assert block_side(frame) == times
    assert is_pixel_art(frame, times)
    assert np.array_equal(reduce_blocks(frame, times), ART[name])


@pytest.mark.parametrize("name", OTHERS)
def test_photos_letters_and_soft_drawings_are_no_pixel_art(name: str) -> None:
    side = block_side(OTHERS[name])
    assert not side or not is_pixel_art(OTHERS[name], side)


def test_hidden_colour_does_not_change_the_blocks() -> None:
    frame = enlarge(sprite(16), 4).copy()
    frame[frame[..., 3] == 0, :3] = np.random.default_rng(1).integers(0, 256, 3)
    frame[0, 0, :3] = 77
    assert block_side(frame) == 4


def test_blocks_that_do_not_fill_the_frame_are_none() -> None:
    assert block_side(enlarge(sprite(16), 4)[:, :-1]) == 1
    assert block_side(np.zeros((16, 16, 4), np.uint8)) == 0


def test_a_whole_scale_fits_and_fills_a_third_at_least() -> None:
    sizes: dict[tuple[int, int], int] = {
        (32, 32): 4,
        (20, 30): 4,
        (64, 64): 2,
        (65, 65): 0,
        (80, 80): 1,
        (129, 60): 0,
    }
    assert {size: whole_scale(size, (128, 128)) for size in sizes} == sizes


def test_art_of_any_size_is_made_of_its_own_colours() -> None:
    art: Frame = sprite(64, 6)
    for size in ((50, 50), (100, 90)):
        made = resize_art(art, size)
        assert made.shape == (size[1], size[0], 4)
        assert set(map(tuple, made.reshape(-1, 4).tolist())) <= set(map(tuple, art.reshape(-1, 4).tolist()))
