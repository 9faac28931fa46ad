"""Holes that a subject encloses: found in a keyed matte, opened where a person points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from animations.matte.compose import compose_cutout
from animations.matte.keying import key_white, remove_white
from animations.matte.layers import CannotRefine, Layers
from animations.matte.pockets import NoPocket, fill_hole, find_pockets, open_pocket, snap_to_pocket
from animations.matte.regions import MAX_REGIONS
from tests.matte.images import Picture, disc, jpeg

CASES = Path(__file__).parents[1] / "data" / "cases"
WHITE = (255, 255, 255)


def ring(
    noise: float = 0.0, background: tuple[int, int, int] = WHITE, softness: float = 1.0
) -> tuple[Picture, Picture]:
    """Draw a shaded ring on `background`, and its true alpha with the hole open."""
    truth = disc(200, softness=softness)
    ys, xs = np.mgrid[:200, :200].astype(np.float32)
    truth.alpha *= np.clip((np.hypot(xs - 100, ys - 100) - 25) / (2 * softness) + 0.5, 0, 1)
    drawn = truth.on(background) + np.random.default_rng(4).normal(0, noise, (200, 200, 3))
    return np.clip(np.rint(drawn), 0, 255).astype(np.uint8), truth.alpha8


def key_out(rgb: Picture) -> Picture:
    return remove_white(rgb, key_white(rgb))


def test_the_ring_of_the_cases_has_one_pocket() -> None:
    rgb = np.array(Image.open(CASES / "ring.png").convert("RGB"))
    (pocket,) = find_pockets(rgb, key_white(rgb))
    assert pocket["point"] == [128, 128]
    assert abs(pocket["x"] + pocket["width"] / 2 - 128) <= 1
    assert 0.15 < pocket["share"] < 0.2


def test_pockets_are_few_and_the_largest_come_first() -> None:
    rgb = np.full((300, 300, 3), 255, np.uint8)
    rgb[10:290, 10:290] = (60, 90, 160)
    for number in range(12):
        side = 8 + number
        top, left = 20 + 65 * (number // 4), 20 + 65 * (number % 4)
        rgb[top : top + side, left : left + side] = 255
    shares = [pocket["share"] for pocket in find_pockets(rgb, key_white(rgb))]
    assert len(shares) == MAX_REGIONS
    assert shares == sorted(shares, reverse=True)


def test_glints_and_a_plain_subject_have_none() -> None:
    rgb = disc(300).on(WHITE)
    rgb[140:146, 140:146] = 255
    assert find_pockets(rgb, key_white(rgb)) == []


@pytest.mark.parametrize("background", [WHITE, (248, 244, 232)])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_an_opened_hole_is_as_clean_as_the_outside(noise: float, background: tuple[int, int, int]) -> None:
    rgb, alpha = ring(noise, background)
    before = key_out(rgb)
    after = open_pocket(before, (100, 100))
    assert before[100, 100, 3] == 255
    assert np.abs(after[..., 3].astype(int) - alpha).mean() < 2
    assert not after[90:110, 90:110].any()
    outside = np.hypot(*(np.mgrid[:200, :200] - 100)) > 50
    assert np.array_equal(after[outside], before[outside])
    ys, xs = np.mgrid[:200, :200]
    inner = (np.abs(np.hypot(xs - 100, ys - 100) - 25) < 3) & (after[..., 3] > 100)
    assert after[inner][:, 1].max() < 110  # no pale rim is left in the hole's edge


def test_a_jpegs_hole_opens_whole() -> None:
    rgb, _ = ring()
    after = open_pocket(key_out(jpeg(rgb, 60)), (100, 100))
    inside = np.hypot(*(np.mgrid[:200, :200] - 100)) < 17
    assert (after[inside][:, 3] == 0).mean() > 0.97
    assert after[inside][:, 3].max() < 40


def test_a_click_beside_the_hole_but_in_its_box_means_the_hole() -> None:
    rgb, _ = ring()
    cut = key_out(rgb)
    pockets = find_pockets(rgb, cut[..., 3])
    (pocket,) = pockets
    corner = (pocket["x"], pocket["y"])
    assert snap_to_pocket(cut, pockets, corner) == tuple(pocket["point"])
    assert snap_to_pocket(cut, pockets, (95, 110)) == (95, 110)
    assert snap_to_pocket(cut, pockets, (3, 3)) == (3, 3)


@pytest.mark.parametrize("at", [(-1, 5), (5, 200), (2, 2)])
def test_a_clear_place_cannot_be_opened(at: tuple[int, int]) -> None:
    with pytest.raises(NoPocket, match="no background of one colour"):
        open_pocket(key_out(ring()[0]), at)


def test_a_place_of_many_colours_is_no_pocket() -> None:
    mixed = np.random.default_rng(1).integers(0, 255, (60, 60, 4)).astype(np.uint8)
    mixed[..., 3] = 255
    with pytest.raises(NoPocket):
        open_pocket(mixed, (30, 30))


def test_a_pocket_of_any_colour_opens_in_a_cut_out() -> None:
    rgb, alpha = ring(background=(40, 90, 200))
    hidden = np.dstack([rgb, np.where(np.hypot(*(np.mgrid[:200, :200] - 100)) < 58, 255, 0).astype(np.uint8)])
    after = open_pocket(hidden, (100, 100))
    inside = np.hypot(*(np.mgrid[:200, :200] - 100)) < 45
    assert np.abs(after[..., 3].astype(int) - alpha)[inside].mean() < 4


def hidden_ring() -> tuple[Layers, Picture]:
    """Return a ring in a picture of one colour whose hole was opened, and its true alpha without the hole."""
    rgb, alpha = ring(background=(40, 90, 200))
    return Layers(rgb, None, compose_cutout("rembg", rgb, alpha, None), "rembg"), alpha


def test_a_hole_is_filled_with_the_picture_and_its_rim_too() -> None:
    layers, alpha = hidden_ring()
    after = fill_hole(layers, (100, 100))
    inside = np.hypot(*(np.mgrid[:200, :200] - 100)) < 45
    assert (after[inside][:, 3] == 255).all()
    assert np.array_equal(after[inside][:, :3], layers.rgb[inside])
    assert np.array_equal(after[~inside], layers.cutout[~inside])
    assert (alpha[inside] == 0).any()


@pytest.mark.parametrize("at", [(2, 2), (100, 60), (300, 5)])
def test_only_what_is_enclosed_and_clear_is_filled(at: tuple[int, int]) -> None:
    layers, _ = hidden_ring()
    with pytest.raises(CannotRefine, match="no hole"):
        fill_hole(layers, at)
