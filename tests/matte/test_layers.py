"""A cutout by another alpha: colours of what is new, and of what stays."""

from __future__ import annotations

import numpy as np
import pytest

from animations.matte.layers import CannotRefine, Layers, window_of
from tests.matte.tools.images import SIDE, ball, circle, layers_of


def test_what_is_shown_anew_has_the_pictures_colour_and_what_is_cleared_none() -> None:
    rgb, alpha = ball()
    layers = layers_of(rgb, alpha)
    new = alpha.copy()
    new[circle((20, 20), 8)] = 255
    new[circle((100, 100), 8)] = 0
    cut = layers.cut(new)
    assert np.array_equal(cut[..., 3], new)
    assert np.array_equal(cut[15:25, 15:25, :3], rgb[15:25, 15:25])
    assert not cut[95:105, 95:105].any()
    same = new == alpha
    assert np.array_equal(cut[same], layers.cutout[same])


def test_soft_pixels_lose_the_backgrounds_colour_unless_they_shall_stay_as_they_came() -> None:
    rgb, alpha = ball()
    hard = np.where(alpha > 20, 255, 0).astype(np.uint8)
    layers = layers_of(rgb, hard)
    rim = (alpha > 60) & (alpha < 200)
    clean, raw = layers.cut(alpha), layers.cut(alpha, decontaminate=False)
    assert np.array_equal(raw[rim][:, :3], rgb[rim])
    inside = rgb[90:110, 90:110].reshape(-1, 3).mean(axis=0)
    assert np.abs(clean[rim][:, :3] - inside).mean() < 0.5 * np.abs(raw[rim][:, :3] - inside).mean()


def test_nothing_becomes_more_opaque_than_it_came() -> None:
    rgb, alpha = ball()
    own = np.where(circle((100, 100), 40), 200, 0).astype(np.uint8)
    layers = layers_of(rgb, np.zeros_like(alpha), "none", own)
    assert np.array_equal(layers.cut(np.full_like(alpha, 255))[..., 3], own)
    assert layers.rgba.shape == (SIDE, SIDE, 4)


def test_a_picture_and_a_cutout_of_another_size_are_refused() -> None:
    rgb, _ = ball()
    with pytest.raises(CannotRefine, match="differ in size"):
        Layers.of(rgb, np.zeros((4, 4, 4), np.uint8), "rembg")


def test_a_window_holds_the_mask_and_its_margin() -> None:
    assert window_of(circle((3, 100), 2), 5) == (slice(93, 108), slice(0, 11))
