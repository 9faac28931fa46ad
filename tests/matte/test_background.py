"""Backgrounds of pictures that people send."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from animations.matte.background.classify import classify_background
from animations.matte.engines import Background
from tests.matte.images import Picture, disc, jpeg, white_shirt

CASES = Path(__file__).parents[1] / "data" / "cases"
WHITE = (255, 255, 255)


def photo(width: int = 320, height: int = 240) -> Image.Image:
    """Draw something in every pixel, as a photo has."""
    ys, xs = np.mgrid[:height, :width]
    waves = [127 + 90 * np.sin(xs / (11 + k) + k) * np.cos(ys / (17 - k)) for k in range(3)]
    return Image.fromarray(np.dstack(waves).astype(np.uint8))


def cut_to(alpha: Image.Image) -> Image.Image:
    picture = photo(*alpha.size)
    picture.putalpha(alpha)
    return picture


def mask(size: tuple[int, int] = (320, 240), fill: int = 255) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    alpha = Image.new("L", size, fill)
    return alpha, ImageDraw.Draw(alpha)


def rounded(share: float) -> Image.Image:
    alpha, draw = mask((300, 300), 0)
    draw.rounded_rectangle((0, 0, 299, 299), round(300 * share), fill=255)
    return cut_to(alpha)


def bordered(share: float) -> Image.Image:
    alpha, draw = mask(fill=0)
    width, height = alpha.size
    draw.rectangle((width * share, height * share, width * (1 - share) - 1, height * (1 - share) - 1), fill=255)
    return cut_to(alpha)


def pixels(picture: Picture) -> Image.Image:
    return Image.fromarray(picture)


@pytest.mark.parametrize("name", ["one-pixel-254", "rounded-corners"])
def test_a_few_pixels_that_are_not_opaque_make_no_cut_out(name: str) -> None:
    assert classify_background(Image.open(CASES / f"{name}.png")) == Background.OTHER


@pytest.mark.parametrize("name", ["ghost", "shadow", "glass"])
def test_cut_outs_are_classified_as_transparent(name: str) -> None:
    assert classify_background(Image.open(CASES / f"{name}.png")) == Background.TRANSPARENT


@pytest.mark.parametrize("name", ["caterpillar", "sparks", "ring"])
def test_a_drawing_on_white_is_seen_to_stand_on_white(name: str) -> None:
    assert classify_background(Image.open(CASES / f"{name}.png")) == Background.WHITE


@pytest.mark.parametrize(
    "picture",
    [photo(), rounded(0.1), rounded(0.22), bordered(0.01), bordered(0.05)],
    ids=["opaque", "corners", "app icon", "hair's breadth", "thin border"],
)
def test_a_photo_with_rounded_corners_or_a_thin_clear_border_is_a_photo(picture: Image.Image) -> None:
    assert classify_background(picture) == Background.OTHER


def test_noise_in_the_alpha_of_a_photo_makes_no_cut_out() -> None:
    noise = 255 - np.random.default_rng(3).integers(0, 3, (240, 320)).astype(np.uint8)
    assert classify_background(cut_to(Image.fromarray(noise))) == Background.OTHER


def test_a_cut_out_that_touches_all_four_edges_is_one() -> None:
    alpha, draw = mask(fill=0)
    draw.ellipse((0, 0, 319, 239), fill=255)
    assert classify_background(cut_to(alpha)) == Background.TRANSPARENT
    alpha, draw = mask(fill=0)
    draw.polygon([(160, 0), (319, 120), (160, 239), (0, 120)], fill=255)
    assert classify_background(cut_to(alpha)) == Background.TRANSPARENT


def test_a_full_picture_with_a_hole_is_a_cut_out() -> None:
    alpha, draw = mask()
    draw.ellipse((140, 100, 170, 130), fill=0)
    assert classify_background(cut_to(alpha)) == Background.TRANSPARENT


def test_a_flag_with_room_round_it_is_a_cut_out_though_it_is_a_rectangle() -> None:
    assert classify_background(bordered(0.2)) == Background.TRANSPARENT


def test_art_that_is_translucent_all_over_is_a_cut_out() -> None:
    assert classify_background(cut_to(mask(fill=120)[0])) == Background.TRANSPARENT


def test_one_colour_of_a_palette_may_stand_for_clear() -> None:
    drawn = Image.new("P", (64, 64), 0)
    drawn.putpalette([0, 0, 0, 220, 30, 30])
    drawn.paste(1, (20, 20, 44, 44))
    file = BytesIO()
    drawn.save(file, "PNG", transparency=0)
    with Image.open(file) as kept:
        assert (kept.mode, classify_background(kept)) == ("P", Background.TRANSPARENT)


def test_nothing_at_all_needs_no_engine() -> None:
    assert classify_background(Image.new("RGBA", (32, 32))) == Background.TRANSPARENT


@pytest.mark.parametrize(
    "picture",
    [
        disc().on(WHITE),
        jpeg(disc().on((247, 247, 244)), 60),
        disc().on((250, 244, 228)),
        disc().on(WHITE)[:80],
        white_shirt().on(WHITE),
        disc(base=(250, 250, 250)).on(WHITE),
    ],
    ids=["white", "jpeg", "paper", "cut by an edge", "white inside", "white on white"],
)
def test_the_border_says_that_a_picture_stands_on_white(picture: Picture) -> None:
    assert classify_background(pixels(picture)) == Background.WHITE


def test_noise_of_single_pixels_leaves_a_large_background_plain() -> None:
    noisy = disc(600).on((246, 246, 246)) + np.random.default_rng(5).normal(0, 4, (600, 600, 3))
    picture = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    assert classify_background(pixels(picture)) == Background.WHITE
    assert classify_background(pixels(jpeg(picture, 50))) == Background.WHITE


def gradient(light: int, dark: int) -> Image.Image:
    ramp = np.linspace(light, dark, 200)[:, None, None]
    return Image.fromarray(np.broadcast_to(ramp, (200, 200, 3)).astype(np.uint8))


def half_green() -> Image.Image:
    picture = disc().on(WHITE)
    picture[:, :70] = (20, 90, 20)
    return pixels(picture)


@pytest.mark.parametrize(
    "picture",
    [
        pixels(disc().on((200, 220, 255))),
        pixels(disc().on((120, 120, 120))),
        half_green(),
        gradient(250, 150),
        gradient(255, 205),
    ],
    ids=["sky", "grey", "half", "dark gradient", "gradient"],
)
def test_backgrounds_that_are_not_plain_or_not_white_are_other(picture: Image.Image) -> None:
    assert classify_background(picture) == Background.OTHER


def test_a_drawing_on_white_with_rounded_corners_stands_on_white() -> None:
    picture = pixels(disc(300).on(WHITE))
    picture.putalpha(rounded(0.1).getchannel("A"))
    assert classify_background(picture) == Background.WHITE


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 3)])
def test_the_smallest_pictures_are_measured_too(size: tuple[int, int]) -> None:
    assert classify_background(Image.new("RGB", size, (255, 255, 255))) == Background.WHITE
    assert classify_background(Image.new("RGBA", size, (9, 9, 9, 255))) == Background.OTHER
