from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from animations.imaging.arrays import Frame, Premultiplied
from animations.imaging.premultiply import premultiply, resize, shrink_premultiplied, unpremultiply


def soft_frame(side: int) -> Frame:
    """Draw noise of any colour under a soft alpha that is clear, faint, and opaque somewhere."""
    random = np.random.default_rng(side)
    coarse = random.integers(-128, 384, (side // 8, side // 8)).astype(np.float32)
    alpha = np.clip(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    return np.dstack([random.integers(0, 256, (side, side, 3)).astype(np.uint8), alpha])


def test_premultiplied_colour_is_divided_by_its_alpha() -> None:
    picture = 255 * np.array([[[0.25, 0.5, 0.0, 0.5], [0.9, 0.0, 0.0, 0.0], [2.0, 1.0, 1.0, 1.5]]], np.float32)
    assert unpremultiply(picture).tolist() == [[[128, 255, 0, 128], [0, 0, 0, 0], [255, 255, 255, 255]]]


def test_colour_that_shows_survives_premultiplying() -> None:
    frame = soft_frame(64)
    frame[frame[..., 3] == 0] = 0
    assert np.array_equal(unpremultiply(premultiply(frame)), frame)


def by_clipping_colour(mixed: Premultiplied) -> Frame:
    """Straighten as the encoders did."""
    mixed = np.clip(mixed, 0, 255)
    alpha = mixed[..., 3:]
    mixed[..., :3] = np.minimum(mixed[..., :3], alpha) * 255 / np.maximum(alpha, 1e-3)
    return np.rint(mixed).astype(np.uint8)


def by_clipping_quotients(mixed: Premultiplied) -> Frame:
    """Straighten as clips' frames were."""
    colour = np.minimum(mixed[..., :3] * 255 / np.maximum(mixed[..., 3:], 1e-3), 255)
    frame: Frame = np.rint(np.concatenate([colour, mixed[..., 3:]], axis=2)).astype(np.uint8)
    return frame


def by_raising_faint_alpha(mixed: Premultiplied) -> Frame:
    """Straighten as rendered frames were, in the range 0 to 1."""
    unit = mixed / np.float32(255)
    alpha = np.clip(unit[..., 3:], 0, 1)
    colour = np.clip(unit[..., :3], 0, alpha) / np.maximum(alpha, np.float32(1 / 512))
    straight: Premultiplied = np.concatenate([colour, alpha], axis=2)
    return (straight * np.float32(255) + np.float32(0.5)).astype(np.uint8)


@pytest.mark.parametrize("size", [(32, 32), (100, 90), (127, 128)])
@pytest.mark.parametrize("straighten", [by_clipping_colour, by_clipping_quotients, by_raising_faint_alpha])
def test_shrinking_equals_what_each_caller_did_by_itself(
    straighten: Callable[[Premultiplied], Frame], size: tuple[int, int]
) -> None:
    frame = soft_frame(128)
    theirs = straighten(cv2.resize(premultiply(frame), size, interpolation=cv2.INTER_AREA))
    theirs[theirs[..., 3] == 0] = 0
    difference = np.abs(premultiply(resize(frame, size)) - premultiply(theirs))
    assert difference.max() <= 1
    assert difference.mean() < 0.02


def test_enlarging_equals_what_the_encoders_did() -> None:
    frame = soft_frame(64)
    theirs = by_clipping_colour(cv2.resize(premultiply(frame), (200, 150), interpolation=cv2.INTER_CUBIC))
    theirs[theirs[..., 3] == 0] = 0
    assert np.abs(resize(frame, (200, 150)).astype(int) - theirs).max() <= 1


def test_hidden_colour_does_not_bleed_into_a_smaller_edge() -> None:
    frame = np.full((64, 64, 4), (0, 255, 0, 0), np.uint8)
    frame[16:49, 16:49] = (200, 20, 20, 255)
    small = resize(frame, (30, 30))
    assert np.abs(small[small[..., 3] > 0][:, :3].astype(int) - (200, 20, 20)).max() <= 1


def test_sixteen_bits_a_channel_shrink_as_floating_point_does() -> None:
    frame = soft_frame(256)
    exact = cv2.resize(premultiply(frame), (60, 70), interpolation=cv2.INTER_AREA)
    assert np.abs(shrink_premultiplied(frame, (60, 70)) - exact).max() < 0.01
