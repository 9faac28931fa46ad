from __future__ import annotations

import cv2
import numpy as np
import pytest

from animations.encode.appearance.measure import measure_file, measure_frames
from animations.encode.appearance.warnings import OUTLINE_WIDTH, Appearance
from animations.encode.containers import webp
from animations.encode.containers.gif import encoder
from animations.encode.containers.webm import codec as webm
from animations.encode.frames import cut_alpha
from animations.finish.options import Finish, Outline
from animations.imaging.arrays import Frame
from tests.finish.images import finished

Colour = tuple[int, int, int]
WHITE_FOX, BLACK_CAT, FACE, GREY = (246, 244, 242), (18, 18, 20), (255, 204, 77), (128, 128, 128)


def animal(coat: Colour, eyes: Colour, side: int = 128) -> Frame:
    """Draw a head with ears and eyes, with a soft edge, on nothing."""
    scale = side / 128
    picture = np.zeros((4 * side, 4 * side, 4), np.uint8)
    ears = [[(24, 64), (30, 14), (60, 40)], [(104, 64), (98, 14), (68, 40)]]
    for ear in ears:
        cv2.fillPoly(picture, [np.int32(np.array(ear) * 4 * scale)], (*coat, 255))
    cv2.circle(picture, (round(256 * scale), round(288 * scale)), round(180 * scale), (*coat, 255), -1)
    for x in (200, 312):
        cv2.circle(picture, (round(x * scale), round(270 * scale)), round(24 * scale), (*eyes, 255), -1)
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))


def look_of(frame: Frame) -> Appearance:
    return measure_frames([frame, frame], [80, 80])


@pytest.mark.parametrize(
    ("name", "coat", "faint_on"),
    [
        ("white fox", WHITE_FOX, ["light"]),
        ("black cat", BLACK_CAT, ["dark"]),
        ("yellow face", FACE, []),
        ("grey mouse", GREY, []),
    ],
)
def test_a_shape_of_the_colour_of_a_ground_is_faint_there_alone(name: str, coat: Colour, faint_on: list[str]) -> None:
    assert look_of(animal(coat, (60, 160, 60))).faint_on == faint_on, name


@pytest.mark.parametrize("coat", [WHITE_FOX, BLACK_CAT])
def test_the_outline_that_is_offered_makes_it_stand_out_on_both_grounds(coat: Colour) -> None:
    plain = animal(coat, (60, 160, 60))
    colour = look_of(plain).outline_colour
    assert colour is not None
    outlined = finished([plain], Finish(outline=Outline(OUTLINE_WIDTH, colour)))[0]
    assert look_of(outlined).faint_on == []
    assert look_of(outlined).outline_colour is None


def test_a_white_edge_round_what_stands_out_is_no_fault() -> None:
    sticker = finished([animal(FACE, (40, 30, 20))], Finish(outline=Outline(0.05, "#ffffff")))[0]
    assert look_of(sticker).faint_on == []


def test_a_frame_counts_for_as_long_as_it_stays() -> None:
    shown, faint = animal(FACE, (40, 30, 20)), animal(WHITE_FOX, (240, 240, 240))
    assert measure_frames([shown, faint], [300, 100]).light > 0.7
    assert measure_frames([shown, faint], [100, 300]).light < 0.3


def test_what_shows_nothing_is_neither_faint_nor_a_flash() -> None:
    empty = np.zeros((64, 64, 4), np.uint8)
    assert measure_frames([empty], [100]) == Appearance(1.0, 1.0, 0, 0)


def test_a_loop_that_blinks_is_to_be_slower_until_it_keeps_the_limit() -> None:
    frames = [animal(BLACK_CAT, (60, 160, 60)), animal((250, 250, 250), (60, 160, 60))]
    found = measure_frames(frames, [60, 60])
    assert found.flashes == 8
    assert found.slow_down is not None
    slower = measure_frames(frames, [round(60 * found.slow_down)] * 2)
    assert slower.flashes <= 3
    assert slower.slow_down is None


def test_fine_texture_that_moves_by_a_pixel_does_not_flash() -> None:
    board = np.full((128, 128, 4), 255, np.uint8)
    board[..., :3] = (np.indices((128, 128)).sum(0) % 2 * 255)[..., None]
    assert measure_frames([board, np.roll(board, 1, axis=1)], [40, 40]).flashes == 0


def test_a_file_is_measured_as_its_frames_are() -> None:
    frames = [animal(BLACK_CAT, (60, 160, 60)), animal((250, 250, 250), (60, 160, 60))]
    expected = measure_frames(frames, [100, 100])
    for data in (
        webp.encode(frames, [100, 100], 90, 90),
        encoder.encode([cut_alpha(frame) for frame in frames], [100, 100], 64),
        webm.encode(frames, [100, 100], 20),
    ):
        found = measure_file(data)
        assert found is not None
        assert (found.faint_on, found.flashes) == (expected.faint_on, expected.flashes)


def test_a_file_that_is_no_picture_is_not_measured() -> None:
    assert measure_file(b"PK\x03\x04 not a picture") is None
