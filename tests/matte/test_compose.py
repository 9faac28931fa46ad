"""A pixel that its own alpha made soft keeps its colour; one that the matte made soft does not."""

from __future__ import annotations

import numpy as np
import pytest

from animations.matte.compose import compose_cutout
from animations.matte.keying import key_white
from tests.matte.images import Picture, disc, glow

BLACK, BLUE = (0, 0, 0), (20, 40, 255)


def soft_disc() -> tuple[Picture, Picture]:
    """Draw a red disc in a wide blue glow, and its own alpha."""
    inner, outer = disc(), glow()
    rgb = np.where(inner.alpha[..., None] > 0, inner.colour, np.array(BLUE, np.float32)).astype(np.uint8)
    return rgb, np.maximum(inner.alpha8, outer.alpha8)


def test_its_own_alpha_leaves_every_colour_as_it_came() -> None:
    rgb, own = soft_disc()
    cut = compose_cutout("none", rgb, None, own)
    assert np.array_equal(cut[own > 0][:, :3], rgb[own > 0])
    assert np.array_equal(cut[..., 3], own)
    assert not cut[own == 0].any()


def test_an_opaque_picture_without_a_matte_is_whole() -> None:
    rgb = disc().on(BLACK)
    assert np.array_equal(
        compose_cutout("none", rgb, None, None), np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    )


@pytest.mark.parametrize("engine", ["rembg", "sam", "birefnet"])
def test_a_models_matte_changes_no_colour_that_was_soft_before(engine: str) -> None:
    rgb, own = soft_disc()
    cut = compose_cutout(engine, rgb, own, own)
    assert np.array_equal(cut[own > 0][:, :3], rgb[own > 0])
    assert np.array_equal(cut[..., 3], own)


def test_pixels_that_the_matte_alone_made_soft_lose_their_background() -> None:
    truth = disc()
    rgb = truth.on((30, 200, 60))
    own = np.full(rgb.shape[:2], 255, np.uint8)
    own[:, :20] = 0
    cut = compose_cutout("rembg", rgb, truth.alpha8, own)
    soft = (cut[..., 3] > 60) & (cut[..., 3] < 255)
    assert np.abs(cut[soft][:, :3] - truth.colour[soft]).mean() < 4
    assert not cut[:, :20].any()


def test_a_matte_never_adds_to_the_pictures_own_alpha() -> None:
    rgb, own = soft_disc()
    full = np.full(own.shape, 255, np.uint8)
    for engine in ("rembg", "white"):
        assert np.array_equal(compose_cutout(engine, rgb, full, own)[..., 3], own)


def test_a_keyed_picture_keeps_its_own_soft_corners() -> None:
    truth = disc()
    rgb = truth.on((255, 255, 255))
    own = np.full(rgb.shape[:2], 255, np.uint8)
    own[60:68, 60:68] = 100
    cut = compose_cutout("white", rgb, key_white(rgb), own)
    assert (cut[60:68, 60:68, 3] == 100).all()
    assert np.array_equal(cut[60:68, 60:68, :3], rgb[60:68, 60:68])
