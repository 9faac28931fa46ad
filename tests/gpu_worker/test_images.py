from __future__ import annotations

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from gpu.contract import MAX_PACK_PIXELS, WireError
from gpu_worker.images import check_total_pixels, encode_alpha, open_image
from tests.gpu_worker.sample_images import encoded


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_format_of_the_contract_opens_as_rgb(kind: str) -> None:
    image = open_image(encoded(Image.new("RGB", (9, 5), (250, 10, 10)), kind))
    assert (image.mode, image.size) == ("RGB", (9, 5))
    red, green, _ = image.getpixel((4, 2))  # type: ignore[misc]
    assert red > 200 > 60 > green


def test_transparent_parts_lie_on_white() -> None:
    image = open_image(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0))))
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    image = open_image(encoded(Image.fromarray(np.full((4, 4), 32896, np.uint16))))
    assert image.getpixel((0, 0)) == (128, 128, 128)


def test_an_image_is_not_turned_so_that_the_alpha_fits_the_pixels_sent() -> None:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(target, "JPEG", exif=exif)
    assert open_image(target.getvalue()).size == (8, 4)


@pytest.mark.parametrize("content", [b"", b"not a picture", encoded(Image.new("RGB", (64, 64)))[:60]])
def test_bytes_that_are_no_image_are_a_bad_image(content: bytes) -> None:
    with pytest.raises(WireError) as caught:
        open_image(content)
    assert caught.value.code == "bad_image"


def test_a_format_outside_the_contract_is_a_bad_image() -> None:
    with pytest.raises(WireError) as caught:
        open_image(encoded(Image.new("RGB", (8, 8)), "BMP"))
    assert caught.value.code == "bad_image"


@pytest.mark.parametrize("side", [2_049, 10_000, 60_000])
def test_too_many_pixels_are_refused_by_the_header_alone(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(WireError) as caught:
        open_image(bomb + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT")))
    assert caught.value.code == "too_large"


def test_a_webp_with_a_huge_canvas_is_refused_by_its_header() -> None:
    target = io.BytesIO()
    dots = [Image.new("RGB", (8, 8), (shade, 9, 9)) for shade in (10, 200)]
    dots[0].save(target, "WEBP", save_all=True, append_images=dots[1:], duration=50)
    content = bytearray(target.getvalue())
    assert content[12:16] == b"VP8X"
    content[24:30] = (16_000).to_bytes(3, "little") * 2
    with pytest.raises(WireError) as caught:
        open_image(bytes(content))
    assert caught.value.code == "too_large"


def test_an_animation_opens_as_its_first_frame() -> None:
    for kind in ("PNG", "WEBP"):
        target = io.BytesIO()
        red, blue = Image.new("RGB", (8, 8), (250, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 250))
        red.save(target, kind, save_all=True, append_images=[blue], duration=50)
        pixel = open_image(target.getvalue()).getpixel((4, 4))
        assert pixel[0] > 200 > pixel[2]  # type: ignore[index]


def test_cmyk_opens_as_rgb() -> None:
    image = open_image(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    red, green, _ = image.getpixel((4, 4))  # type: ignore[misc]
    assert (image.mode, red > 200, green < 60) == ("RGB", True, True)


def test_images_with_too_many_pixels_in_sum_are_refused_before_any_is_decoded() -> None:
    large = encoded(Image.new("L", (2048, 2048)))
    fit = MAX_PACK_PIXELS // 2048**2
    check_total_pixels([large] * fit + [b"broken"])
    with pytest.raises(WireError, match="pixels in sum") as caught:
        check_total_pixels([large] * fit + [encoded(Image.new("L", (1, 1)))])
    assert caught.value.code == "too_large"


def test_an_image_that_is_refused_anyway_does_not_count() -> None:
    check_total_pixels([encoded(Image.new("1", (9_000, 9_000)))] * 2)


def test_an_alpha_travels_as_a_grey_png() -> None:
    alpha = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    read = Image.open(io.BytesIO(base64.b64decode(encode_alpha(alpha))))
    assert (read.format, read.mode, read.size) == ("PNG", "L", (4, 3))
    assert np.array_equal(np.asarray(read), alpha)
