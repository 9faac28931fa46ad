from __future__ import annotations

import numpy as np
import pytest

from animations.finish.draw import canvas_size
from animations.finish.options import Caption, Finish, Outline, Placement, Shadow
from animations.finish.placing import Loop, measure_loop
from animations.imaging.arrays import Size
from animations.imaging.pixel_art import reduce_to_art
from tests.finish.images import block, border, finished, shown_box
from tests.imaging.images import sprite

MIDDLE = block((128, 128), 48, 32, 80, 72)
"""32 × 40 px that show."""


def placed(**values: object) -> tuple[int, int, int, int]:
    return shown_box(finished([MIDDLE], Finish(Placement(**values)))[0])  # type: ignore[arg-type]


def test_a_loop_is_measured_over_all_of_its_frames() -> None:
    frames = [block((128, 64), 10, 20, 30, 40), block((128, 64), 50, 10, 60, 30)]
    frames[1][..., 3] //= 2
    assert measure_loop(frames) == Loop((128, 64), (10, 10, 60, 40), 255, 0)
    assert measure_loop(frames[1:]) == Loop((128, 64), (50, 10, 60, 30), 127, 0)
    assert measure_loop([np.zeros((8, 8, 4), np.uint8)]) is None


def test_pixel_art_is_measured_by_its_blocks_unless_one_frame_is_none() -> None:
    art = sprite(16).repeat(8, axis=0).repeat(8, axis=1)
    found = measure_loop([art, np.zeros_like(art), art[:, ::-1]])
    assert found is not None and found.block == 8
    mixed = measure_loop([art, block((128, 128), 0, 0, 50, 50)])
    assert mixed is not None and mixed.block == 0


def test_zoom_enlarges_round_the_middle_of_what_shows() -> None:
    assert placed(zoom=2.0) == (32, 12, 96, 92)
    assert placed(zoom=0.5) == (56, 42, 72, 62)


def test_a_move_is_a_share_of_the_canvas() -> None:
    assert placed(x=0.25, y=-0.125) == (80, 16, 112, 56)


def test_the_lowest_point_stands_on_the_ground() -> None:
    assert placed(ground=0.75) == (48, 56, 80, 96)
    assert placed(ground=0.75, y=0.5) == (48, 56, 80, 96)
    assert placed(ground=0.75, zoom=2.0)[3] == 96


def test_fill_covers_the_canvas_and_keeps_the_shape() -> None:
    assert placed(fit="cover") == (0, 0, 128, 128)
    tall = block((128, 128), 60, 20, 70, 60)
    frame = finished([tall], Finish(Placement("cover", zoom=0.5)))[0]
    assert shown_box(frame) == (32, 0, 96, 128)


def test_a_flip_mirrors_the_frames_and_not_the_caption() -> None:
    side = block((128, 128), 8, 60, 28, 70)
    assert shown_box(finished([side], Finish(Placement(flip=True)))[0]) == (100, 60, 120, 70)
    words = Finish(caption=Caption("LEFT right", place="top"))
    flipped = Finish(Placement(flip=True), caption=words.caption)
    assert np.array_equal(finished([side], words)[0][:26], finished([side], flipped)[0][:26])


def test_all_frames_are_placed_as_one() -> None:
    loop = [block((128, 128), 0, 0, 40, 40), block((128, 128), 88, 88, 128, 128)]
    first, second = (shown_box(frame) for frame in finished(loop, Finish(Placement(zoom=0.5))))
    assert first == (32, 32, 52, 52)
    assert second == (76, 76, 96, 96)


@pytest.mark.parametrize("size", [(128, 128), (90, 60), (40, 120)])
@pytest.mark.parametrize(
    "finish",
    [
        Finish(outline=Outline(0.12)),
        Finish(shadow=Shadow(blur=0.1, distance=0.1, opacity=1.0)),
        Finish(outline=Outline(0.05), shadow=Shadow(blur=0.1, distance=0.0), caption=Caption("ÄÖg")),
        Finish(Placement(flip=True), Outline(0.03), caption=Caption("W" * 24, arc=1.0, place="top")),
    ],
)
def test_the_frames_make_room_for_their_layers(size: Size, finish: Finish) -> None:
    full = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 4), np.uint8)
    full[..., 3] = 255
    for frame in finished([full, full], finish):
        assert frame.shape == (128, 128, 4)
        assert not border(frame).any()
        assert frame[..., 3].any()


def test_a_loop_that_has_room_enough_stays_where_it_is() -> None:
    frame = finished([MIDDLE], Finish(outline=Outline(0.03, "#ff0000")))[0]
    assert np.array_equal(frame[32:72, 48:80], MIDDLE[32:72, 48:80])


@pytest.mark.parametrize(
    ("size", "target", "canvas"),
    [
        ((256, 256), (128, 128), (256, 256)),
        ((64, 64), (128, 128), (128, 128)),
        ((200, 100), (128, 128), (200, 200)),
        ((200, 100), (200, 100), (200, 100)),
    ],
)
def test_the_canvas_has_the_shape_of_the_file_and_is_no_smaller_than_the_frames(
    size: Size, target: Size, canvas: Size
) -> None:
    assert canvas_size(size, target) == canvas


def test_pixel_art_stays_pixel_art() -> None:
    art = sprite(16)
    frame = finished([art.repeat(8, axis=0).repeat(8, axis=1)], Finish(outline=Outline(0.03, "#010203")))[0]
    assert reduce_to_art(frame) is not None
    left, top, right, bottom = shown_box(frame)
    blocks = frame[top:bottom:6, left:right:6].repeat(6, axis=0).repeat(6, axis=1)
    assert np.array_equal(blocks, frame[top:bottom, left:right]), "a block is not 6 px"
    colours = {tuple(pixel) for pixel in frame.reshape(-1, 4) if pixel[3]}
    own = {tuple(pixel) for pixel in art.reshape(-1, 4) if pixel[3]}
    assert colours == own | {(1, 2, 3, 255)}
