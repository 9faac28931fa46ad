"""Holes that are opened unasked: in shaded subjects, exactly the background, with a hard rim."""

from __future__ import annotations

import numpy as np
import pytest

from animations.matte.compose import compose_cutout
from animations.matte.engines import WHITE as WHITE_ENGINE
from animations.matte.keying import key_white
from animations.matte.pockets import find_pockets
from animations.matte.sure_holes import open_sure_holes
from tests.matte.images import Picture, disc, jpeg, white_shirt
from tests.matte.test_pockets import WHITE, ring


def opened(rgb: Picture) -> tuple[Picture, list[list[int]]]:
    closed = compose_cutout(WHITE_ENGINE, rgb, key_white(rgb), None)
    cutout, holes = open_sure_holes(rgb, closed, find_pockets(rgb, closed[..., 3]))
    return cutout, [hole["point"] for hole in holes]


def grained(rgb: Picture, alpha: Picture) -> Picture:
    """Let the colours of a subject differ from pixel to pixel, as rendered ones do."""
    grain = np.random.default_rng(3).normal(0, 4, rgb.shape) * (alpha == 255)[..., None]
    drawn: Picture = np.clip(np.rint(rgb + grain), 0, 255).astype(np.uint8)
    return drawn


def rendered_ring() -> tuple[Picture, Picture]:
    """Draw a ring of many colours on pure white, and its true alpha."""
    rgb, alpha = ring()
    return grained(rgb, alpha), alpha


def test_the_hole_of_a_ring_of_many_colours_is_opened_and_named() -> None:
    rgb, alpha = rendered_ring()
    cutout, points = opened(rgb)
    assert points == [[100, 100]]
    assert np.abs(cutout[..., 3].astype(int) - alpha).mean() < 2


def flat_ring() -> Picture:
    """Draw a ring of which half is filled with one colour."""
    rgb, alpha = rendered_ring()
    fill = alpha == 255
    fill[:100] = False
    rgb[fill] = (200, 60, 40)
    return rgb


def faded_light() -> Picture:
    """Draw a light in a shaded disc, white in the middle, that fades out."""
    truth = disc(200)
    rgb = grained(truth.on(WHITE), truth.alpha8)
    ys, xs = np.mgrid[:200, :200].astype(np.float32)
    light = np.clip(1.6 - np.hypot(xs - 100, ys - 100) / 30, 0, 1)[..., None]
    drawn: Picture = np.rint(rgb * (1 - light) + 255 * light).astype(np.uint8)
    return drawn


@pytest.mark.parametrize(
    "rgb",
    [flat_ring(), white_shirt().on(WHITE), faded_light(), ring(noise=2.0)[0], jpeg(rendered_ring()[0])],
    ids=["flat fill", "few colours", "light that fades", "noise", "JPEG"],
)
def test_what_may_be_no_hole_stays_closed(rgb: Picture) -> None:
    before = compose_cutout(WHITE_ENGINE, rgb, key_white(rgb), None)
    cutout, points = opened(rgb)
    assert points == []
    assert np.array_equal(cutout, before)
