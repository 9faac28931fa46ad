"""Colours come to sRGB whichever way a file names them: by a profile, by numbers, or by measures."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from math import log
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image, ImageCms

from animations.ingest.colour_profiles import profile_of_code_points
from animations.ingest.decode import write_frames, write_picture
from tests.ingest.conftest import Opened
from tests.ingest.images import display_p3, encoded, p3_in_srgb, png, png16
from tests.ingest.sample_clips import RED, animation, coded, gif, scenes

CASES: Final = Path(__file__).parents[1] / "data" / "cases"
ASKED: Final = (200, 80, 60)
P3: Final = (216, 69, 50)
"""What Display P3's (200, 80, 60) is in sRGB."""
SRGB_POINTS: Final = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
P3_POINTS: Final = (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)

Chunk = tuple[bytes, bytes]
SRGB: Final[Chunk] = (b"sRGB", b"\0")


def cicp(primaries: int, transfer: int, full_range: int = 1) -> Chunk:
    return b"cICP", bytes([primaries, transfer, 0, full_range])


def gama(power: float) -> Chunk:
    return b"gAMA", struct.pack(">I", round(power * 100_000))


def chrm(points: tuple[int, ...]) -> Chunk:
    return b"cHRM", struct.pack(">8I", *points)


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"p\0\0" + zlib.compress(profile)


def of(colour: tuple[int, ...], *chunks: Chunk) -> bytes:
    """A PNG of one colour: grey, grey with alpha, RGB or RGBA by its number of values."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[len(colour)]
    return png(64, 48, 8, kind, (b"\0" + bytes(colour) * 64) * 48, *chunks)


def near(found: Any, wanted: tuple[int, ...], tolerance: int = 2) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (of(ASKED, cicp(12, 13)), P3),
        (of(ASKED, cicp(1, 13)), ASKED),
        (of(ASKED, cicp(1, 1)), ASKED),
        (of(ASKED, cicp(9, 13)), (244, 37, 50)),
        (of((128, 128, 128), cicp(1, 8)), (188, 188, 188)),
        (of((128, 128, 128, 90), cicp(1, 8)), (188, 188, 188, 90)),
        (of((128,), cicp(1, 8)), (188, 188, 188)),
        (of((128, 90), cicp(1, 8)), (188, 188, 188, 90)),
        (of((128, 128, 128), cicp(1, 4)), (129, 129, 129)),
        (of((148, 148, 148), cicp(9, 16)), (240, 240, 240)),
        (of((0, 0, 0), cicp(9, 16)), (0, 0, 0)),
        (of((235, 16, 126), cicp(1, 13, 0)), (255, 0, 128)),
        (png16(64, 48, 2, tuple(257 * value for value in ASKED), cicp(12, 13)), P3),
        (png16(64, 48, 0, (257 * 128,), cicp(1, 8)), (188, 188, 188)),
        (of((128, 128, 128), gama(1.0)), (188, 188, 188)),
        (of((128,), gama(1.0)), (188, 188, 188)),
        (of((128, 128, 128), gama(1 / 1.8)), (146, 146, 146)),
        (of((3, 60, 128), gama(0.45455), chrm(SRGB_POINTS)), (3, 60, 128)),
        (of(ASKED, gama(0.45455), chrm(P3_POINTS)), P3),
        (of(ASKED, chrm(P3_POINTS)), P3),
        (of(ASKED, gama(0.0)), ASKED),
        (of(ASKED, chrm((0,) * 8)), ASKED),
        (of(ASKED, gama(42_949.0)), ASKED),
        (of(ASKED, gama(0.0001)), ASKED),
        (of(ASKED, gama(0.45455), chrm((31_270, 1, *SRGB_POINTS[2:]))), ASKED),
        (of(ASKED, chrm((4_000_000_000,) * 8)), ASKED),
        (of(ASKED, chrm((31_270, 32_900, 90_000, 90_000, *SRGB_POINTS[4:]))), ASKED),
        (of(ASKED, gama(1.0), SRGB), ASKED),
        (of(ASKED, gama(1.0), iccp(display_p3())), p3_in_srgb(ASKED)),
        (of(ASKED, iccp(display_p3()), cicp(1, 13)), ASKED),
        (of(ASKED, cicp(99, 99), SRGB), ASKED),
        (of((128, 128, 128), cicp(0, 0), gama(1.0)), (188, 188, 188)),
    ],
)
def test_a_png_says_its_colours_by_numbers_by_a_profile_or_by_measures(
    opened: Opened, data: bytes, wanted: tuple[int, ...]
) -> None:
    assert near(opened(data)[1].getpixel((30, 20)), wanted)


def grey_profile(gamma: float) -> bytes:
    """A small ICC profile of grey."""
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
        (of((128,), iccp(grey_profile(1.0))), (188, 188, 188)),
        (of((128, 77), iccp(grey_profile(1.0))), (188, 188, 188, 77)),
        (of((128, 128, 128), iccp(grey_profile(1.0))), (188, 188, 188)),
        (of(ASKED, iccp(grey_profile(1.0))), ASKED),
        (png16(64, 48, 4, (257 * 128, 257 * 77), iccp(grey_profile(1.0))), (188, 188, 188, 77)),
        (encoded(Image.new("L", (64, 48), 128), "JPEG", icc_profile=grey_profile(1.0)), (188, 188, 188)),
        (encoded(Image.new("LA", (4200, 300), (128, 77)), "PNG", icc_profile=grey_profile(1.0)), (188, 188, 188, 77)),
    ],
)
def test_a_grey_profile_fits_grey_with_alpha_and_without(
    opened: Opened, data: bytes, wanted: tuple[int, ...]
) -> None:
    assert near(opened(data)[1].getpixel((30, 20)), wanted)


def renumbered(data: bytes, primaries: int, transfer: int) -> bytes:
    """A HEIC or AVIF with other numbers in its nclx."""
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def test_a_heic_says_its_colours_by_numbers(opened: Opened) -> None:
    data = (CASES / "p3-nclx.heic").read_bytes()
    assert near(opened(data)[1].getpixel((80, 64)), P3)
    assert near(opened(renumbered(data, 1, 13))[1].getpixel((80, 64)), ASKED)
    assert near(opened(renumbered(data, 1, 8))[1].getpixel((80, 64)), (228, 151, 133), 3)


def test_an_avif_says_its_colours_by_numbers_or_by_a_profile(opened: Opened) -> None:
    exact = {"quality": 100, "subsampling": "4:4:4"}
    for mode in ("RGB", "RGBA"):
        picture = Image.new(mode, (64, 48), (*ASKED, 90)[: len(mode)])
        alpha = (90,) * (mode == "RGBA")
        data = encoded(picture, "AVIF", **exact)
        assert near(opened(data)[1].getpixel((30, 20)), (*ASKED, *alpha))
        assert near(opened(renumbered(data, 12, 13))[1].getpixel((30, 20)), (*P3, *alpha))
        wide = encoded(picture, "AVIF", icc_profile=display_p3(), **exact)
        assert near(opened(wide)[1].getpixel((30, 20)), (*p3_in_srgb(ASKED), *alpha), 3)


def frames_of(path: Path, out_dir: Path) -> list[Any]:
    """The middle of each of a clip's frames."""
    report = write_picture(path, out_dir / "picture.png")
    write_frames(path, out_dir, list(range(len(report["clip"]["times_ms"]))))
    return [middle(out_dir / f"{index}.png") for index in range(len(report["clip"]["times_ms"]))]


def middle(path: Path) -> Any:
    with Image.open(path) as picture:
        return picture.getpixel((picture.width // 2, picture.height // 2))


def seen(path: Path, out_dir: Path, *args: Any, **options: Any) -> list[Any]:
    coded(path / "clip.mp4", *args, **options)
    return frames_of(path / "clip.mp4", out_dir)


def greys(*signals: float) -> list[tuple[float, float, float]]:
    return [(signal,) * 3 for signal in signals]


def to_signal(colour: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(value / 255 for value in colour)


def test_hlg_keeps_its_brightness(tmp_path: Path, out_dir: Path) -> None:
    found = [red for red, _, _ in seen(tmp_path, out_dir, greys(0, 0.1, 0.38, 0.5, 0.75, 1), (9, 18, 9))]
    assert near(found[:4], (0, 40, 118, 165), 3)
    assert 235 <= found[4] <= 250 < found[5]


def test_pq_shows_reference_white_near_white_and_what_is_below_as_it_is(tmp_path: Path, out_dir: Path) -> None:
    signals = (0, pq(203 * 0.05), pq(203 * 0.18), pq(203 * 0.5), pq(203), pq(1000), 1)
    found = [red for red, _, _ in seen(tmp_path, out_dir, greys(*signals), (9, 16, 9))]
    assert near(found[:4], (0, 63, 118, 188), 3)
    assert 235 <= found[4] < found[5] <= found[6] == 255


def pq(nits: float) -> float:
    """The signal of SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16_384)
    return float(((107 / 128 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32))


TO_2020: Final = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
"""Linear BT.709 to BT.2020 (ITU-R BT.2087)."""


def in_2020(colour: tuple[int, ...]) -> list[float]:
    """A colour of sRGB as linear light of BT.2020."""
    linear = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    return [sum(a * b for a, b in zip(row, linear, strict=True)) for row in TO_2020]


def in_pq(colour: tuple[int, ...]) -> tuple[float, ...]:
    """A colour of sRGB as a phone puts it into PQ, white at 203 nits."""
    return tuple(pq(203 * light) for light in in_2020(colour))


def in_hlg(colour: tuple[int, ...]) -> tuple[float, ...]:
    """The same in HLG (ARIB STD-B67), white at 75 % of the signal."""
    return tuple(
        (3 * light) ** 0.5 if light <= 1 / 12 else 0.17883277 * log(12 * light - 0.28466892) + 0.55991073
        for light in (0.265 * share for share in in_2020(colour))
    )


@pytest.mark.parametrize("colour", [(200, 80, 60), (40, 60, 200), (180, 150, 60), (220, 30, 30), (90, 90, 90)])
def test_an_hlg_clip_keeps_its_saturation(tmp_path: Path, out_dir: Path, colour: tuple[int, int, int]) -> None:
    found = seen(tmp_path, out_dir, [in_hlg(colour)] * 2, (9, 18, 9))
    assert near(found[0], colour, 18)


@pytest.mark.parametrize("colour", [(200, 80, 60), (60, 160, 70), (40, 60, 200), (180, 150, 60)])
def test_a_pq_clip_keeps_its_saturation(tmp_path: Path, out_dir: Path, colour: tuple[int, int, int]) -> None:
    found = seen(tmp_path, out_dir, [in_pq(colour)] * 2, (9, 16, 9))
    assert near(found[0], colour, 4)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ((12, 13, 1), P3),
        ((12, 1, 1), P3),
        ((9, 14, 9), (244, 37, 50)),
        ((1, 1, 1), ASKED),
        ((6, 6, 6), (195, 84, 59)),
        ((1, 8, 1), (228, 151, 133)),
        ((2, 2, 6), ASKED),
    ],
)
@pytest.mark.parametrize("full_range", [False, True])
def test_a_clip_says_its_colours_by_numbers(
    tmp_path: Path, out_dir: Path, code: tuple[int, int, int], wanted: tuple[int, ...], full_range: bool
) -> None:
    found = seen(tmp_path, out_dir, [to_signal(ASKED)] * 2, code, full_range=full_range)
    assert near(found[0], wanted, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_has_its_profile_in_every_frame(tmp_path: Path, out_dir: Path, kind: str) -> None:
    path = tmp_path / "clip"
    pictures = scenes(3, ground=ASKED)
    for picture in pictures:
        picture.paste(ASKED, (16, 0, 48, 48))
    exact = {"AVIF": {"quality": 100, "subsampling": "4:4:4"}, "WEBP": {"lossless": True}}.get(kind, {})
    path.write_bytes(animation(pictures, kind, icc_profile=display_p3(), **exact))
    found = frames_of(path, out_dir)
    assert len(found) == 3
    assert all(near(pixel, p3_in_srgb(ASKED), 3) for pixel in found)


def test_a_moving_png_says_its_colours_by_numbers(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "clip"
    data = animation([Image.new("RGB", (64, 48), (*ASKED[:2], 60 + step)) for step in range(2)], "PNG")
    name, body = cicp(12, 13)
    numbers = struct.pack(">I", len(body)) + name + body + bytes(4)
    path.write_bytes(data[:33] + numbers + data[33:])
    assert near(frames_of(path, out_dir)[0], P3)


@pytest.mark.parametrize("count", [1, 2])
def test_a_gif_with_a_profile_is_shown_by_it(tmp_path: Path, out_dir: Path, count: int) -> None:
    path = tmp_path / "clip"
    data = gif((20, 20), [(0, 0, 20, 20, 1, 1, 8), (0, 0, 20, 20, 2, 1, 8)][:count])
    data = data.replace(bytes(RED), bytes(ASKED))
    profile = display_p3()
    blocks = b"".join(
        bytes([len(profile[at : at + 255])]) + profile[at : at + 255] for at in range(0, len(profile), 255)
    )
    path.write_bytes(data[:25] + b"\x21\xff\x0bICCRGBG1012" + blocks + b"\0" + data[25:])
    write_picture(path, out_dir / "picture.png")
    with Image.open(out_dir / "picture.png") as master:
        assert near(master.getpixel((5, 5)), p3_in_srgb(ASKED), 3)


def test_the_profile_of_numbers_is_one_that_others_read() -> None:
    profile = profile_of_code_points(12, 13)
    assert profile is not None
    read = ImageCms.ImageCmsProfile(BytesIO(profile)).profile
    assert (read.xcolor_space, read.connection_space, read.version) == ("RGB ", "XYZ ", 2.4)
    (red_x, red_y, _), *_ = read.red_primary  # type: ignore[misc]
    assert red_x > 0.5 > red_y
