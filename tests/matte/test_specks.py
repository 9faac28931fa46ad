"""Islands of a model's matte that go, and small parts that are offered to come back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from animations.matte.compose import compose_cutout
from animations.matte.keying import key_white
from animations.matte.layers import CannotRefine, Layers
from animations.matte.specks import drop_specks, find_sparks
from animations.matte.tools.sparks import bring_back
from tests.matte.images import disc
from tests.matte.tools.images import SIDE, ball, circle, layers_of

CASES = Path(__file__).parents[1] / "data" / "cases"


def test_specks_are_dropped_and_larger_parts_stay() -> None:
    _, alpha = ball()
    alpha[10:12, 10:12] = 200
    alpha[20:26, 180:186] = 255
    clean = drop_specks(alpha)
    assert not clean[10:12, 10:12].any()
    assert (clean[20:26, 180:186] == 255).all()
    assert np.array_equal(clean[40:160, 40:160], alpha[40:160, 40:160])
    assert np.array_equal(drop_specks(np.zeros_like(alpha)), np.zeros_like(alpha))


def star() -> tuple[Layers, np.ndarray]:
    """Return the star of the cases cut by a model that has dropped its sparks, and its true alpha."""
    rgb = np.array(Image.open(CASES / "sparks.png").convert("RGB"))
    truth = key_white(rgb)
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    middle = np.hypot(rows - rgb.shape[0] / 2, columns - rgb.shape[1] / 2) < 0.27 * rgb.shape[0]
    alpha = np.where(middle, truth, 0).astype(np.uint8)
    return Layers(rgb, None, compose_cutout("rembg", rgb, alpha, None), "rembg"), truth


def test_all_sparks_of_a_drawing_are_found_and_come_back_as_they_were() -> None:
    layers, truth = star()
    sparks = find_sparks(layers.rgb, layers.alpha)
    assert len(sparks) == 8
    after = bring_back(layers, sparks, None)[..., 3]
    lost = np.abs(layers.alpha.astype(int) - truth).sum()
    assert lost > 0
    assert np.abs(after.astype(int) - truth).sum() < 0.1 * lost


@pytest.mark.parametrize("diameter", [8, 12, 16, 20, 28])
@pytest.mark.parametrize("side", [192, 512])
def test_a_disc_on_plain_ground_is_offered_in_pictures_of_any_size(side: int, diameter: int) -> None:
    noise = np.random.default_rng(1).normal(0, 2, (side, side, 3))
    ground = np.clip(np.array((216, 228, 238)) + noise, 0, 255).astype(np.uint8)
    subject = cv2.circle(np.zeros((side, side), np.uint8), (side * 9 // 20, side * 11 // 20), side // 4, 255, -1)
    ground[subject > 0] = (192, 48, 24)
    at = (round(0.82 * side), round(0.15 * side))
    rgb = cv2.circle(ground, at, diameter // 2, (224, 160, 0), -1)
    [spark] = find_sparks(rgb, subject)
    assert np.hypot(spark["point"][0] - at[0], spark["point"][1] - at[1]) <= diameter / 2
    assert abs(spark["width"] - diameter) <= 3


def test_one_spark_comes_back_where_it_is_tapped() -> None:
    layers, _ = star()
    sparks = find_sparks(layers.rgb, layers.alpha)
    x, y = sparks[3]["point"]
    after = bring_back(layers, sparks, (x, y))[..., 3]
    assert after[y, x] > 230
    others = [spark["point"] for spark in sparks if spark is not sparks[3]]
    assert not any(after[row, column] for column, row in others)


def test_a_tap_beside_all_sparks_is_refused() -> None:
    layers, _ = star()
    for sparks in (find_sparks(layers.rgb, layers.alpha), []):
        try:
            bring_back(layers, sparks, (1, 1))
        except CannotRefine as error:
            assert "outlines" in str(error) or "No small parts" in str(error)
        else:
            raise AssertionError("nothing is there")


def test_grain_and_a_whole_subject_offer_no_sparks() -> None:
    rgb, alpha = ball()
    assert find_sparks(rgb, alpha) == []
    white = disc(SIDE)
    assert find_sparks(white.on((255, 255, 255)), white.alpha8) == []


def test_dropped_specks_are_offered_too() -> None:
    rgb, alpha = ball()
    (spark,) = find_sparks(rgb, alpha, circle((20, 20), 4))
    assert (spark["point"], spark["width"]) == ([20, 20], 9)
    assert layers_of(rgb, alpha).alpha[20, 20] == 0
