from __future__ import annotations

import numpy as np

from animations.imaging.arrays import Picture
from animations.matte.compose import ClipFrame, cut_frame


def background(colour: tuple[int, ...] = (40, 90, 200), height: int = 60, width: int = 80) -> Picture:
    return np.full((height, width, len(colour)), colour, np.uint8)


def disc(height: int = 60, width: int = 80, radius: int = 20) -> Picture:
    y, x = np.mgrid[:height, :width]
    away = np.hypot(y - height / 2, x - width / 2)
    return np.asarray(np.clip((radius - away) * 128 + 128, 0, 255), np.uint8)


def test_all_three_are_of_one_size_and_the_longer_side_is_the_emojis() -> None:
    for size, shape in ((64, (48, 64)), (40, (30, 40)), (80, (60, 80)), (512, (60, 80))):
        picture, alpha, cutout = cut_frame(ClipFrame(background(), None), disc(), size)
        assert (picture.shape, alpha.shape, cutout.shape) == ((*shape, 3), shape, (*shape, 4))
        assert (alpha == cutout[..., 3]).all()


def test_the_picture_stays_as_it_came_and_the_background_goes_from_the_cutout() -> None:
    rgb = background()
    soft = disc()
    part = soft[..., None] / 255.0
    rgb = np.rint(220 * part + rgb * (1 - part)).astype(np.uint8)
    picture, alpha, cutout = cut_frame(ClipFrame(rgb, None), soft, 40)
    assert tuple(picture[0, 0]) == (40, 90, 200)
    assert not cutout[0, 0].any()
    seen = cutout[(alpha > 60)][:, :3].astype(int)
    assert np.abs(seen - 220).max() <= 12


def test_transparent_pixels_stay_transparent() -> None:
    own = disc(radius=28)
    own[:, :40] = 0
    picture, alpha, _ = cut_frame(ClipFrame(background(), own), disc(), 80)
    assert picture.shape[2] == 4
    assert not alpha[:, :40].any()
    assert alpha[30, 45] == 255


def test_its_own_alpha_leaves_every_colour_untouched() -> None:
    own = np.full((60, 80), 100, np.uint8)
    picture, alpha, cutout = cut_frame(ClipFrame(background(), own), None, 80)
    assert (alpha == 100).all()
    assert np.abs(cutout[..., :3].astype(int) - (40, 90, 200)).max() <= 1
    assert (picture == cutout).all()
