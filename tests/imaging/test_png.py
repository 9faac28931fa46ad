from __future__ import annotations

import numpy as np
import pytest

from animations.imaging import png
from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_a_png_keeps_every_level_and_channel(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    assert np.array_equal(png.read(png.write(picture)), picture)


def test_a_jpeg_keeps_the_order_of_its_colours() -> None:
    red = np.full((16, 16, 3), (220, 30, 30), np.uint8)
    assert np.abs(png.read(png.write_jpeg(red, 95)).astype(int) - red).max() <= 3


@pytest.mark.parametrize("data", [b"", b"words", SIGNATURE])
def test_bytes_that_are_no_picture_raise(data: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        png.read(data)


def test_alpha_is_split_from_colours_where_there_is_one() -> None:
    rgba = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    colours, alpha = png.split_alpha(rgba)
    assert np.array_equal(colours, rgba[..., :3])
    assert alpha is not None
    assert np.array_equal(alpha, rgba[..., 3])
    assert png.split_alpha(colours)[1] is None


def test_chunks_are_read_as_far_as_they_are_whole() -> None:
    file = SIGNATURE + pack_chunk(b"IHDR", b"head") + pack_chunk(b"tEXt", b"")
    assert list(read_chunks(file)) == [(b"IHDR", b"head"), (b"tEXt", b"")]
    assert list(read_chunks(file[:-1])) == [(b"IHDR", b"head")]
    assert list(read_chunks(png.write(np.zeros((4, 4), np.uint8))))[-1] == (b"IEND", b"")
