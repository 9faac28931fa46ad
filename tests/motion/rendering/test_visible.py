"""Every frame of every motion shows something, of solid art and of art that is translucent all over."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from animations.imaging.arrays import Frame
from animations.motion.recipe import AMPLITUDES, Layer, Recipe
from animations.motion.rendering.renderer import Renderer
from animations.motion.vocabulary import MOTIONS

MOMENTS = 48
WAYS = [(name, way) for name, motion in MOTIONS.items() for way in ("", *motion.directions)]


@cache
def renderer(level: int) -> Renderer:
    cutout = np.zeros((96, 96, 4), np.uint8)
    cv2.ellipse(cutout, (48, 48), (40, 34), 20, 0, 360, (200, 90, 40, level), -1, cv2.LINE_AA)
    return Renderer(cutout, 64)


def loop(level: int, *layers: Layer) -> list[Frame]:
    recipe = Recipe(layers)
    return [renderer(level).render(recipe, moment / MOMENTS) for moment in range(MOMENTS)]


@pytest.mark.parametrize("amplitude", [1.0, AMPLITUDES[1]])
@pytest.mark.parametrize(("name", "way"), WAYS)
def test_no_frame_of_a_motion_is_empty(name: str, way: str, amplitude: float) -> None:
    tops = [frame[..., 3].max() for frame in loop(255, Layer(name, amplitude, direction=way))]
    assert min(tops) >= 51


def test_motions_that_fade_together_leave_as_much_as_one() -> None:
    alone = min(frame[..., 3].max() for frame in loop(255, Layer("fade", 3.0)))
    both = min(frame[..., 3].max() for frame in loop(255, Layer("fade", 3.0), Layer("blink", 3.0)))
    assert 51 <= both <= alone


@pytest.mark.parametrize("motion", ["fade", "blink"])
def test_a_fade_is_still_one(motion: str) -> None:
    tops = [int(frame[..., 3].max()) for frame in loop(255, Layer(motion))]
    assert max(tops) == 255
    assert min(tops) <= 80


def test_translucent_art_is_fitted_as_solid_art_is() -> None:
    solid, faint, hardly = (loop(level, Layer("bounce"))[0][..., 3] for level in (255, 100, 4))
    for other in (faint, hardly):
        assert cv2.boundingRect(other) == pytest.approx(cv2.boundingRect(solid), abs=2)
