"""Colours come to sRGB however a file names them: by a profile, by numbers, or by gamma and primaries."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageCms

from animations.ingest.colour.profiles import profile_of_code_points
from tests.ingest.checks import is_near
from tests.ingest.conftest import DecodeImage
from tests.ingest.images import ASKED, P3, Chunk, cicp, display_p3, encoded, p3_in_srgb, png, png16

CASES: Final = Path(__file__).parents[1] / "data" / "cases"
SRGB_POINTS: Final = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
P3_POINTS: Final = (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)

SRGB: Final[Chunk] = (b"sRGB", b"\0")


def gama(power: float) -> Chunk:
    return b"gAMA", struct.pack(">I", round(power * 100_000))


def chrm(points: tuple[int, ...]) -> Chunk:
    return b"cHRM", struct.pack(">8I", *points)


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"p\0\0" + zlib.compress(profile)


def plain_png(colour: tuple[int, ...], *chunks: Chunk) -> bytes:
    """Return a PNG of one colour: grey, grey with alpha, RGB or RGBA by its number of values."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[len(colour)]
    return png(64, 48, 8, kind, (b"\0" + bytes(colour) * 64) * 48, *chunks)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (plain_png(ASKED, cicp(12, 13)), P3),
        (plain_png(ASKED, cicp(1, 13)), ASKED),
        (plain_png(ASKED, cicp(1, 1)), ASKED),
        (plain_png(ASKED, cicp(9, 13)), (244, 37, 50)),
        (plain_png((128, 128, 128), cicp(1, 8)), (188, 188, 188)),
        (plain_png((128, 128, 128, 90), cicp(1, 8)), (188, 188, 188, 90)),
        (plain_png((128,), cicp(1, 8)), (188, 188, 188)),
        (plain_png((128, 90), cicp(1, 8)), (188, 188, 188, 90)),
        (plain_png((128, 128, 128), cicp(1, 4)), (129, 129, 129)),
        (plain_png((148, 148, 148), cicp(9, 16)), (240, 240, 240)),
        (plain_png((0, 0, 0), cicp(9, 16)), (0, 0, 0)),
        (plain_png((235, 16, 126), cicp(1, 13, 0)), (255, 0, 128)),
        (png16(64, 48, 2, tuple(257 * value for value in ASKED), cicp(12, 13)), P3),
        (png16(64, 48, 0, (257 * 128,), cicp(1, 8)), (188, 188, 188)),
        (plain_png((128, 128, 128), gama(1.0)), (188, 188, 188)),
        (plain_png((128,), gama(1.0)), (188, 188, 188)),
        (plain_png((128, 128, 128), gama(1 / 1.8)), (146, 146, 146)),
        (plain_png((3, 60, 128), gama(0.45455), chrm(SRGB_POINTS)), (3, 60, 128)),
        (plain_png(ASKED, gama(0.45455), chrm(P3_POINTS)), P3),
        (plain_png(ASKED, chrm(P3_POINTS)), P3),
        (plain_png(ASKED, gama(0.0)), ASKED),
        (plain_png(ASKED, chrm((0,) * 8)), ASKED),
        (plain_png(ASKED, gama(42_949.0)), ASKED),
        (plain_png(ASKED, gama(0.0001)), ASKED),
        (plain_png(ASKED, gama(0.45455), chrm((31_270, 1, *SRGB_POINTS[2:]))), ASKED),
        (plain_png(ASKED, chrm((4_000_000_000,) * 8)), ASKED),
        (plain_png(ASKED, chrm((31_270, 32_900, 90_000, 90_000, *SRGB_POINTS[4:]))), ASKED),
        (plain_png(ASKED, gama(1.0), SRGB), ASKED),
        (plain_png(ASKED, gama(1.0), iccp(display_p3())), p3_in_srgb(ASKED)),
        (plain_png(ASKED, iccp(display_p3()), cicp(1, 13)), ASKED),
        (plain_png(ASKED, cicp(99, 99), SRGB), ASKED),
        (plain_png((128, 128, 128), cicp(0, 0), gama(1.0)), (188, 188, 188)),
    ],
)
def test_a_png_says_its_colours_by_numbers_by_a_profile_or_by_measures(
    decode_image: DecodeImage, data: bytes, wanted: tuple[int, ...]
) -> None:
    assert is_near(decode_image(data)[1].getpixel((30, 20)), wanted, 2)


def grey_profile(gamma: float) -> bytes:
    """Return a small ICC profile of grey."""
    tags = {
        b"wtpt": struct.pack(">4sI3i", b"XYZ ", 0, 63_190, 65_536, 54_061),
        b"kTRC": struct.pack(">4sIIH2x", b"curv", 0, 1, round(gamma * 256)),
    }
    table, bodies, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        table += struct.pack(">4sII", name, offset + len(bodies), len(body))
        bodies += body
    head = struct.pack(">I4xI4s4s4s12x4s", offset + len(bodies), 0x02100000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3i", 63_190, 65_536, 54_061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + bodies


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ((CASES / "la-icc.png").read_bytes(), (188, 188, 188, 255)),
        (plain_png((128,), iccp(grey_profile(1.0))), (188, 188, 188)),
        (plain_png((128, 77), iccp(grey_profile(1.0))), (188, 188, 188, 77)),
        (plain_png((128, 128, 128), iccp(grey_profile(1.0))), (188, 188, 188)),
        (plain_png(ASKED, iccp(grey_profile(1.0))), ASKED),
        (png16(64, 48, 4, (257 * 128, 257 * 77), iccp(grey_profile(1.0))), (188, 188, 188, 77)),
        (encoded(Image.new("L", (64, 48), 128), "JPEG", icc_profile=grey_profile(1.0)), (188, 188, 188)),
        (encoded(Image.new("LA", (4200, 300), (128, 77)), "PNG", icc_profile=grey_profile(1.0)), (188, 188, 188, 77)),
    ],
)
def test_a_grey_profile_fits_grey_with_alpha_and_without(
    decode_image: DecodeImage, data: bytes, wanted: tuple[int, ...]
) -> None:
    assert is_near(decode_image(data)[1].getpixel((30, 20)), wanted, 2)


def renumbered(data: bytes, primaries: int, transfer: int) -> bytes:
    """Return a HEIC or AVIF with other numbers in its nclx."""
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def test_a_heic_says_its_colours_by_numbers(decode_image: DecodeImage) -> None:
    data = (CASES / "p3-nclx.heic").read_bytes()
    assert is_near(decode_image(data)[1].getpixel((80, 64)), P3, 2)
    assert is_near(decode_image(renumbered(data, 1, 13))[1].getpixel((80, 64)), ASKED, 2)
    assert is_near(decode_image(renumbered(data, 1, 8))[1].getpixel((80, 64)), (228, 151, 133), 3)


def test_an_avif_says_its_colours_by_numbers_or_by_a_profile(decode_image: DecodeImage) -> None:
    exact = {"quality": 100, "subsampling": "4:4:4"}
    for mode in ("RGB", "RGBA"):
        picture = Image.new(mode, (64, 48), (*ASKED, 90)[: len(mode)])
        alpha = (90,) * (mode == "RGBA")
        data = encoded(picture, "AVIF", **exact)
        assert is_near(decode_image(data)[1].getpixel((30, 20)), (*ASKED, *alpha), 2)
        assert is_near(decode_image(renumbered(data, 12, 13))[1].getpixel((30, 20)), (*P3, *alpha), 2)
        wide = encoded(picture, "AVIF", icc_profile=display_p3(), **exact)
        assert is_near(decode_image(wide)[1].getpixel((30, 20)), (*p3_in_srgb(ASKED), *alpha), 3)


def test_a_profile_made_of_numbers_is_readable() -> None:
    profile = profile_of_code_points(12, 13)
    assert profile is not None
    read = ImageCms.ImageCmsProfile(BytesIO(profile)).profile
    assert (read.xcolor_space, read.connection_space, read.version) == ("RGB ", "XYZ ", 2.4)
    (red_x, red_y, _), *_ = read.red_primary  # type: ignore[misc]
    assert red_x > 0.5 > red_y
