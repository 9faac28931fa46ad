from __future__ import annotations

import numpy as np
import pytest

from animations.finish.layers import draw_block_outline, draw_outline, draw_shadow, put_over, put_under
from animations.finish.options import Finish, Outline, Shadow
from tests.finish.images import disc, distances, finished

RED = "#ff0000"


def test_an_outline_is_as_wide_on_every_side_and_has_no_seam() -> None:
    frame = finished([disc(128, 40)], Finish(outline=Outline(0.0625, RED)))[0]  # 8 px
    away = distances(128, 63.5, 63.5)
    assert np.array_equal(
        frame[(away > 42) & (away < 46.5)], [[255, 0, 0, 255]] * int(((away > 42) & (away < 46.5)).sum())
    )
    assert not frame[away > 49.5].any()
    assert (frame[away < 46.5][:, 3] == 255).all(), "the edge under the outline is see-through"
    assert (frame[away < 38] == 255).all()
    assert (frame[frame[..., 3] > 0][:, 0] >= 254).all(), "the edge is darker than both its sides"


def test_an_outline_does_not_flicker_while_its_shape_moves_by_parts_of_a_pixel() -> None:
    frames = [disc(128, 30, (60 + step / 8, 60 + step / 5)) for step in range(8)]
    sums = [float(frame[..., 3].sum()) for frame in finished(frames, Finish(outline=Outline(0.04, RED)))]
    assert max(sums) / min(sums) < 1.005


def test_an_outline_goes_round_a_hole_too() -> None:
    ring = disc(128, 50)
    ring[..., 3] -= disc(128, 20)[..., 3]
    frame = finished([ring], Finish(outline=Outline(0.0625, RED)))[0]
    away = distances(128, 63.5, 63.5)
    assert (frame[(away > 13.5) & (away < 18)] == (255, 0, 0, 255)).all()
    assert not frame[away < 9][:, 3].any()


def test_a_frame_that_fades_fades_with_its_layers() -> None:
    finish = Finish(outline=Outline(0.05, RED), shadow=Shadow())
    full, half = finished([disc(128, 40), disc(128, 40, alpha=128)], finish)
    assert np.abs(half[..., 3].astype(int) - full[..., 3] * (128 / 255)).max() <= 2


def test_a_shadow_lies_below_and_is_soft() -> None:
    bare = disc(128, 30)
    frame = finished([bare], Finish(shadow=Shadow("#0000ff", 0.5, 0.03125, 0.0625)))[0]  # 4 px soft, 8 px below
    column = frame[:, 64]
    assert np.array_equal(frame[63], bare[63] * (bare[63, :, 3:] > 0)) or (frame[63, 64] == 255).all()
    assert (column[96:99, 2] == 255).all() and (column[96:99, :2] == 0).all()
    assert column[97, 3] == pytest.approx(128, abs=3)
    edge = column[98:108, 3].astype(int)
    assert (np.diff(edge) <= 0).all() and edge[-1] == 0 and len(set(edge)) > 4
    assert not frame[:30].any()


def test_the_shadow_of_an_outlined_shape_is_that_of_the_outline() -> None:
    outline, shadow = Outline(0.0625, RED), Shadow("#0000ff", 1.0, 0.0, 0.0625)
    frame = finished([disc(128, 30)], Finish(outline=outline, shadow=shadow))[0]
    assert frame[100, 64].tolist() == [255, 0, 0, 255]
    assert frame[107, 64].tolist() == [0, 0, 255, 255]


def test_the_parts_of_layers() -> None:
    alpha = np.zeros((20, 20), np.float32)
    alpha[10, 10] = 255
    assert draw_block_outline(alpha, 128, 2).sum() == 25
    assert draw_outline(alpha * 0, 128, 2).sum() == 0
    assert draw_outline(alpha, 128, 3)[10, 8] == 1
    assert np.argwhere(draw_shadow(alpha / np.float32(255), 0.5, 0, 3)).tolist() == [[13, 10]]
    picture = np.zeros((20, 20, 4), np.float32)
    put_under(picture, alpha / np.float32(255), "#102030")
    assert picture[10, 10].tolist() == [16, 32, 48, 255]
    put_over(picture, np.full((1, 1, 4), 127.5, np.float32), 10, 10)
    assert picture[10, 10].tolist() == [135.5, 143.5, 151.5, 255]
