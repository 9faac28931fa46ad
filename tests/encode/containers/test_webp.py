import numpy as np

from animations.encode.containers import webp
from tests.encode.images import corners_alpha, played, psnr_inside, rolling


def test_soft_edges_and_exact_delays_come_back_for_ever() -> None:
    frames = rolling(6)
    shown, delays, loop = played(webp.encode(frames, [33, 47, 50, 80, 20, 61], 90, 90))
    assert (delays, loop) == ([33, 47, 50, 80, 20, 61], 0)
    for frame, seen in zip(frames, shown, strict=True):
        assert corners_alpha(seen) == [0, 0, 0, 0]
        assert np.abs(seen[..., 3].astype(int) - frame[..., 3]).mean() < 1
        assert psnr_inside(frame, seen) > 28


def test_both_qualities_are_levers() -> None:
    frames = rolling(6)
    best = len(webp.encode(frames, [50] * 6, 90, 90))
    assert len(webp.encode(frames, [50] * 6, 30, 90)) < best * 0.8
    assert len(webp.encode(frames, [50] * 6, 90, 10)) < best


def test_without_loss_every_colour_is_kept() -> None:
    frames = rolling(3)
    shown, _, _ = played(webp.encode(frames, [50] * 3, 100, 100, lossless=True))
    for frame, seen in zip(frames, shown, strict=True):
        visible = frame[..., 3] > 0
        assert np.array_equal(frame[visible], seen[visible])
