"""Pixel art in motion: no blur, no colour of the renderer's own, and pixels of one size where that is possible."""

from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Frame
from animations.imaging.pixel_art import block_side, enlarge, is_pixel_art
from animations.motion.recipe import Layer, Recipe
from animations.motion.rendering.renderer import Renderer, cell_side, find_pixel_art, snap_unit
from tests.imaging.images import cartoon, seen_colours, sprite

BOUNCE, SPIN, PULSE = (Recipe((Layer(name),)) for name in ("bounce", "spin", "pulse"))


def loop(cutout: Frame, size: int, recipe: Recipe) -> list[Frame]:
    renderer = Renderer(cutout, size)
    return [renderer.render(recipe, moment / 12) for moment in range(12)]


@pytest.mark.parametrize("recipe", [BOUNCE, SPIN, PULSE], ids=lambda recipe: recipe.label)
@pytest.mark.parametrize("size", [64, 128, 256, 320, 512])
@pytest.mark.parametrize("times", [1, 4])
def test_pixel_art_moves_in_its_own_colours(recipe: Recipe, size: int, times: int) -> None:
    frames = loop(enlarge(sprite(32, 16), times), size, recipe)
    assert seen_colours(frames) <= seen_colours([sprite(32, 16)])
    sides = {block_side(frame) for frame in frames}
    assert min(sides) == max(1, {320: 2}.get(size, size // 128))
    assert all(is_pixel_art(frame, min(sides)) for frame in frames)


def test_it_is_the_same_however_it_was_enlarged() -> None:
    for one, other in zip(loop(sprite(16), 128, SPIN), loop(enlarge(sprite(16), 9), 128, SPIN), strict=True):
        assert np.array_equal(one, other)


def test_its_pixels_are_of_one_size_where_that_costs_little() -> None:
    frame = Renderer(sprite(24), 256).render(Recipe((Layer("float", 0.0),)), 0)
    for axis in (0, 1):
        edges = np.flatnonzero(np.diff(frame.astype(int), axis=axis).any(axis=(1 - axis, 2)))
        assert set((np.diff(edges) % 10).tolist()) == {0}
    assert [snap_unit(unit, 10) for unit in (10, 25.5, 29, 47)] == [10, 20, 29, 40]


def test_a_cell_divides_the_canvas_and_leaves_room_to_move() -> None:
    art = sprite(32)
    assert {size: cell_side(art, size) for size in (64, 128, 250, 256, 320, 512)} == {
        64: 1, 128: 1, 250: 2, 256: 2, 320: 2, 512: 4
    }  # fmt: skip
    assert cell_side(sprite(64), 64) == 0
    assert cell_side(sprite(100), 256) == 1


def test_cutouts_that_are_no_pixel_art_or_too_large_are_drawn_smoothly() -> None:
    for cutout in (cartoon(64), sprite(64)):
        assert find_pixel_art(cutout, 64) is None
    assert len(seen_colours(loop(cartoon(64), 64, SPIN))) > 100
    assert seen_colours(loop(sprite(64), 64, SPIN)) > seen_colours([sprite(64)])


def test_a_retried_frame_of_pixel_art_is_pixel_art_too() -> None:
    renderer = Renderer(sprite(24), 256)
    frame = renderer.render(Recipe((Layer("jump"),)), 0.3, near=BOUNCE)
    assert seen_colours([frame]) <= seen_colours([sprite(24)])
    assert block_side(frame) == 2


def test_a_whole_cutout_keeps_its_empty_margin() -> None:
    cutout = np.zeros((100, 200, 4), np.uint8)
    cutout[40:60, 10:30] = 255
    still = Recipe((Layer("float", 0.0),))
    for whole, width in ((False, 120), (True, 12)):
        rows, columns = np.nonzero(Renderer(cutout, 128, whole=whole).render(still, 0)[..., 3] > 128)
        assert np.ptp(columns) + 1 == pytest.approx(width, abs=3)
        assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)
    assert columns.mean() < 20
    assert rows.mean() == pytest.approx(63.5, abs=1)
