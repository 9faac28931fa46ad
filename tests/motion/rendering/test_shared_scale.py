"""Motions beside each other: one scale and one ground line, and room for each of them."""

from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.arrays import Frame
from animations.motion.recipe import Layer, Recipe
from animations.motion.rendering.renderer import Renderer
from animations.motion.rendering.shared_scale import LoopBounds, measure_loop, share_scale
from animations.motion.rendering.subject import extract_subject
from tests.imaging.images import sprite

STILL = Recipe((Layer("breathe", 0.0),))
NAMES = ("squash", "nod", "shake", "blink", "spin", "jump", "slide", "peek")
MOTIONS = [Recipe((Layer(name),)) for name in NAMES]
AT_REST = {"squash", "nod", "shake", "blink"}
"""Motions that show the subject upright, on its ground and in its own shape at t = 0."""


def rows(frame: Frame) -> tuple[int, int]:
    """Return the first row in which something clearly shows, and the last."""
    shown = np.flatnonzero((frame[..., 3] > 128).any(axis=1))
    return int(shown[0]), int(shown[-1])


def box(low: tuple[float, float], high: tuple[float, float]) -> LoopBounds:
    return LoopBounds(np.array(low), np.array(high), 1.0)


@pytest.fixture(scope="module")
def together(cutout: Frame) -> Renderer:
    return Renderer(cutout, 128, beside=MOTIONS)


def test_motions_beside_each_other_share_height_and_ground_line(together: Renderer, cutout: Frame) -> None:
    apart = {rows(Renderer(cutout, 128).render(recipe, 0)) for recipe in MOTIONS if recipe.label in AT_REST}
    shared = [rows(together.render(recipe, 0)) for recipe in MOTIONS if recipe.label in AT_REST]
    assert len(apart) > 1
    assert len(shared) == len(AT_REST)
    assert np.ptp(shared, axis=0).max() <= 1


def test_a_jump_leaves_the_ground_line_in_the_same_size(together: Renderer) -> None:
    jump, squash = (rows(together.render(MOTIONS[NAMES.index(name)], 0)) for name in ("jump", "squash"))
    assert jump[1] - jump[0] == pytest.approx(squash[1] - squash[0], abs=1)
    assert jump[1] < squash[1] - 20


@pytest.mark.parametrize("recipe", MOTIONS, ids=NAMES)
def test_no_motion_is_cut_off(together: Renderer, recipe: Recipe) -> None:
    for moment in range(12):
        alpha = together.render(recipe, moment / 12)[..., 3]
        assert not np.concatenate([alpha[[0, -1]].ravel(), alpha[:, [0, -1]].ravel()]).any()


def test_the_shared_scale_is_the_one_that_the_widest_motion_needs(cutout: Frame) -> None:
    slide = MOTIONS[NAMES.index("slide")]
    renderer = Renderer(cutout, 128, beside=[STILL, slide])
    assert renderer.prepare(STILL).unit == renderer.prepare(slide).unit
    assert renderer.prepare(slide).unit == pytest.approx(Renderer(cutout, 128).prepare(slide).unit)


def test_the_order_of_the_motions_changes_no_pixel(cutout: Frame) -> None:
    one, other = (Renderer(cutout, 64, beside=order).render(MOTIONS[0], 0.3) for order in (MOTIONS, MOTIONS[::-1]))
    assert np.array_equal(one, other)


def test_bolder_words_for_one_frame_still_have_room(together: Renderer) -> None:
    wild = Recipe((Layer("jump", 3.0),))
    assert together.prepare(wild).unit < together.prepare(STILL).unit
    assert rows(together.render(wild, 0))[0] > 0


def test_pixel_art_shares_a_whole_scale() -> None:
    motions = [Recipe((Layer(name),)) for name in ("jump", "nod", "float")]
    renderer = Renderer(sprite(16), 128, beside=motions)
    fits = [renderer.prepare(recipe) for recipe in motions]
    assert {(fit.unit, fit.canvas[1, 2]) for fit in fits} == {(fits[0].unit, fits[0].canvas[1, 2])}
    assert fits[0].is_crisp
    assert fits[0].unit % max(fits[0].subject.picture.shape[:2]) == 0


def test_a_room_has_the_place_of_all_up_and_down_and_of_its_own_loop_sideways() -> None:
    own, tall, wide = box((0, -1), (1, 1)), box((-1, -3), (0, 0.5)), box((-3, 0), (2, 1))
    square = share_scale(own, [tall, wide])
    assert square.length == 5
    assert square.middle.tolist() == [0.5, -1]
    assert share_scale(own, [tall]).length == 4
    assert share_scale(own, []).middle.tolist() == [0.5, 0]


def test_an_extent_holds_the_whole_loop(cutout: Frame) -> None:
    subject = extract_subject(cutout, 128)
    assert subject is not None
    still, jump = (measure_loop(subject, recipe) for recipe in (STILL, MOTIONS[NAMES.index("jump")]))
    assert still.high[1] == pytest.approx(subject.half[1], abs=0.01)
    assert jump.low[1] == pytest.approx(still.low[1] - 0.36, abs=0.05)
    assert jump.zoom > still.zoom == pytest.approx(1)
