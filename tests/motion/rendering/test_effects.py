import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.recipe import Layer, Recipe
from animations.motion.rendering.effects import GLOW_REACH, apply_effects, cut_at_ledge
from animations.motion.rendering.pose import pose_layers

Picture = npt.NDArray[np.float32]
UNIT = 32.0


@pytest.fixture
def patch() -> Picture:
    picture = np.zeros((64, 64, 4), np.float32)
    picture[16:48, 16:48] = (0.8, 0.4, 0.1, 1)
    return picture


def paint(picture: Picture, layer: Layer, t: float) -> Picture:
    return apply_effects(picture, pose_layers(Recipe((layer,)), t), UNIT)


def test_motions_without_colour_leave_the_colours(patch: Picture) -> None:
    assert np.array_equal(paint(patch, Layer("bounce"), 0.3), patch)


@pytest.mark.parametrize("motion", ["rainbow", "glow", "glitch", "fade", "blink", "party"])
@pytest.mark.parametrize("amplitude", [0.5, 1, 3])
def test_colour_never_exceeds_its_alpha(patch: Picture, motion: str, amplitude: float) -> None:
    for t in (0, 0.2, 0.5, 0.62):
        result = paint(patch, Layer(motion, amplitude), t)
        assert result.min() >= 0 and result[..., 3].max() <= 1.0001
        assert (result[..., :3] <= result[..., 3:] + 1e-5).all()


def test_a_rainbow_changes_hues_and_keeps_the_shape(patch: Picture) -> None:
    result = paint(patch, Layer("rainbow"), 0.5)
    assert np.array_equal(result[..., 3], patch[..., 3])
    assert np.abs(result - patch).max() > 0.3
    grey = np.where(patch[..., 3:] > 0, np.float32(0.5), np.float32(0)) * patch[..., 3:]
    grey = np.dstack((grey, grey, grey, patch[..., 3]))
    assert np.ptp(paint(grey, Layer("rainbow"), 0.5)[32, 32, :3]) > 0.1


def test_fading_takes_opacity_and_not_colour(patch: Picture) -> None:
    result = paint(patch, Layer("fade"), 0.5)
    assert result[32, 32] == pytest.approx(patch[32, 32] * 0.28, abs=1e-5)


def test_a_glow_lights_its_surroundings_and_ends_in_reach(patch: Picture) -> None:
    result = paint(patch, Layer("glow"), 0.5)
    assert result[32, 49, 3] > 0.1
    assert result[32, 32, :3].sum() > patch[32, 32, :3].sum()
    away = 47 + int(GLOW_REACH * UNIT) + 2
    assert result[32, away:, 3].max() == 0


def test_a_glitch_shows_a_red_ghost_and_a_cyan_one(patch: Picture) -> None:
    result = paint(patch, Layer("glitch", 2.0), 0.62)
    left, right = result[32, 14], result[32, 49]
    assert left[0] > 0.5 > left[2] and right[2] > 0.5 > right[0]
    assert result[32, 32] == pytest.approx(patch[32, 32])


@pytest.mark.parametrize(("outward", "edge"), [((0, 1), 40), ((0, -1), -23), ((1, 0), 40), ((-1, 0), -23)])
def test_a_ledge_hides_everything_beyond_it(patch: Picture, outward: tuple[int, int], edge: float) -> None:
    left = cut_at_ledge(patch, outward, edge)[..., 3].sum()
    assert left == pytest.approx(32 * 24.5)
