"""A stranger's small PNG, checked without a decoder."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from animations.imaging import png
from animations.imaging.plain_png import UnreadablePng, plain_png
from animations.imaging.png_chunks import SIGNATURE, pack_chunk

SIDE = 64


def drawn(mode: str = "RGBA", size: tuple[int, int] = (20, 10), **options: object) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 4), np.uint8)
    Image.fromarray(noise).convert(mode).save(file, "PNG", **options)
    return file.getvalue()


def made(width: int, height: int, pixels: bytes, depth: int = 8, colour: int = 0, interlacing: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlacing)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return SIGNATURE + b"".join(pack_chunk(*chunk) for chunk in chunks)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_what_passes_has_the_same_pixels(mode: str) -> None:
    sent = drawn(mode)
    assert np.array_equal(
        np.array(Image.open(io.BytesIO(plain_png(sent, SIDE)))), np.array(Image.open(io.BytesIO(sent)))
    )


def test_chunks_that_are_no_pixels_are_left_behind() -> None:
    data = drawn("L")
    text = pack_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000)))
    at = len(SIGNATURE) + 25
    plain = plain_png(data[:at] + text + data[at:], SIDE)
    assert b"zTXt" not in plain
    assert np.array_equal(png.read(plain), png.read(data))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no PNG"),
        (b"GIF89a" + bytes(100), "no PNG"),
        (SIGNATURE, "no header"),
        (drawn("P"), "grey or RGB"),
        (made(4, 4, bytes(100), depth=16), "grey or RGB"),
        (made(4, 4, bytes(20), interlacing=1), "interlacing"),
        (made(65, 4, bytes(66 * 4)), "sides"),
        (made(0, 4, b""), "sides"),
        (made(2**31, 2**31, bytes(10)), "sides"),
        (made(4, 4, bytes(19)), "cut short"),
        (made(4, 4, bytes(21)), "damaged"),
        (made(4, 4, bytes(50_000_000)), "damaged"),
        (made(4, 4, b"\x05\0\0\0\0" * 4), "damaged"),
        (made(4, 4, bytes(5) + b"\x07\0\0\0\0" + bytes(10)), "damaged"),
        (drawn("L")[:-30], "cut short"),
        (made(4, 4, bytes(20)).replace(zlib.compress(bytes(20)), b"no deflate.."), "no header|damaged|cut short"),
    ],
)
def test_anything_else_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(UnreadablePng, match=why):
        plain_png(data, SIDE)


def test_rows_are_checked_wherever_the_pieces_end() -> None:
    height = 3000
    pixels = bytearray(61 * height)
    assert plain_png(made(60, height, bytes(pixels)), height)
    pixels[61 * 2999] = 9
    with pytest.raises(UnreadablePng, match="damaged"):
        plain_png(made(60, height, bytes(pixels)), height)
