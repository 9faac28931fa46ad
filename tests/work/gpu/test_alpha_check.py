from __future__ import annotations

import numpy as np
import pytest

from animations.imaging import png
from animations.work.gpu.alpha_check import check_alpha, picture_size
from tests.work.conftest import disc_png

MATTE = png.write(np.zeros((8, 12), np.uint8))
NOISE = png.write(np.random.default_rng(1).integers(0, 256, (8, 12), np.uint8))


def test_a_matte_of_its_pictures_size_is_accepted() -> None:
    assert check_alpha(MATTE, (12, 8)) is None


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (b"", "no whole picture"),
        (b"nonsense" * 20, "no whole picture"),
        (NOISE[:-40], "no whole picture"),
        (NOISE[:60] + b"\0\0\0" + NOISE[63:], "no whole picture"),
        (png.write_jpeg(np.zeros((8, 12, 3), np.uint8), 90), "no whole picture"),
        (disc_png(12, 8), "something else"),
        (png.write(np.zeros((12, 8), np.uint8)), "another size"),
    ],
)
def test_an_alpha_that_is_no_matte_is_an_internal_error(alpha: bytes, words: str) -> None:
    wrong = check_alpha(alpha, (12, 8))
    assert wrong is not None
    assert wrong["code"] == "internal"
    assert words in wrong["message"]


def test_the_size_is_in_the_header_of_any_picture() -> None:
    assert picture_size(disc_png(30, 20)) == (30, 20)
    assert picture_size(png.write_jpeg(np.zeros((5, 9, 3), np.uint8), 90)) == (9, 5)
    assert picture_size(b"no picture") == (0, 0)
