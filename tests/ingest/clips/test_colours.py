"""Colours of clips come to sRGB: HDR by its brightness, others by the numbers or profile that they name."""

from __future__ import annotations

import struct
from math import log
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from animations.ingest.decode import write_frames, write_picture
from tests.ingest.checks import is_near
from tests.ingest.images import ASKED, P3, cicp, display_p3, p3_in_srgb
from tests.ingest.sample_clips import RED, animation, coded, gif, scenes


def frame_colours(path: Path, out_dir: Path) -> list[Any]:
    """Return the middle pixel of each of a clip's frames."""
    report = write_picture(path, out_dir / "picture.png")
    write_frames(path, out_dir, list(range(len(report["clip"]["times_ms"]))))
    return [middle_pixel(out_dir / f"{index}.png") for index in range(len(report["clip"]["times_ms"]))]


def middle_pixel(path: Path) -> Any:
    with Image.open(path) as picture:
        return picture.getpixel((picture.width // 2, picture.height // 2))


def coded_colours(path: Path, out_dir: Path, *args: Any, **options: Any) -> list[Any]:
    coded(path / "clip.mp4", *args, **options)
    return frame_colours(path / "clip.mp4", out_dir)


def greys(*signals: float) -> list[tuple[float, float, float]]:
    return [(signal,) * 3 for signal in signals]


def to_signal(colour: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(value / 255 for value in colour)


def test_hlg_keeps_its_brightness(tmp_path: Path, out_dir: Path) -> None:
    found = [red for red, _, _ in coded_colours(tmp_path, out_dir, greys(0, 0.1, 0.38, 0.5, 0.75, 1), (9, 18, 9))]
    assert is_near(found[:4], (0, 40, 118, 165), 3)
    assert 235 <= found[4] <= 250 < found[5]


def test_pq_shows_reference_white_near_white_and_what_is_below_as_it_is(tmp_path: Path, out_dir: Path) -> None:
    signals = (0, pq(203 * 0.05), pq(203 * 0.18), pq(203 * 0.5), pq(203), pq(1000), 1)
    found = [red for red, _, _ in coded_colours(tmp_path, out_dir, greys(*signals), (9, 16, 9))]
    assert is_near(found[:4], (0, 63, 118, 188), 3)
    assert 235 <= found[4] < found[5] <= found[6] == 255


def pq(nits: float) -> float:
    """Return the signal of SMPTE ST 2084."""
    power = (nits / 10_000) ** (2610 / 16_384)
    return float(((107 / 128 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32))


TO_2020: Final = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
"""Linear BT.709 to BT.2020 (ITU-R BT.2087)."""


def in_2020(colour: tuple[int, ...]) -> list[float]:
    """Convert a colour of sRGB to linear light of BT.2020."""
    linear = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    return [sum(a * b for a, b in zip(row, linear, strict=True)) for row in TO_2020]


def in_pq(colour: tuple[int, ...]) -> tuple[float, ...]:
    """Convert a colour of sRGB to PQ as phones do, white at 203 nits."""
    return tuple(pq(203 * light) for light in in_2020(colour))


def in_hlg(colour: tuple[int, ...]) -> tuple[float, ...]:
    """Convert a colour of sRGB to HLG (ARIB STD-B67), white at 75 % of the signal."""
    return tuple(
        (3 * light) ** 0.5 if light <= 1 / 12 else 0.17883277 * log(12 * light - 0.28466892) + 0.55991073
        for light in (0.265 * share for share in in_2020(colour))
    )


@pytest.mark.parametrize("colour", [(200, 80, 60), (40, 60, 200), (180, 150, 60), (220, 30, 30), (90, 90, 90)])
def test_an_hlg_clip_keeps_its_saturation(tmp_path: Path, out_dir: Path, colour: tuple[int, int, int]) -> None:
    found = coded_colours(tmp_path, out_dir, [in_hlg(colour)] * 2, (9, 18, 9))
    assert is_near(found[0], colour, 18)


@pytest.mark.parametrize("colour", [(200, 80, 60), (60, 160, 70), (40, 60, 200), (180, 150, 60)])
def test_a_pq_clip_keeps_its_saturation(tmp_path: Path, out_dir: Path, colour: tuple[int, int, int]) -> None:
    found = coded_colours(tmp_path, out_dir, [in_pq(colour)] * 2, (9, 16, 9))
    assert is_near(found[0], colour, 4)


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
    found = coded_colours(tmp_path, out_dir, [to_signal(ASKED)] * 2, code, full_range=full_range)
    assert is_near(found[0], wanted, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_has_its_profile_in_every_frame(tmp_path: Path, out_dir: Path, kind: str) -> None:
    path = tmp_path / "clip"
    pictures = scenes(3, background=ASKED)
    for picture in pictures:
        picture.paste(ASKED, (16, 0, 48, 48))
    exact: dict[str, dict[str, Any]] = {
        "PNG": {},
        "WEBP": {"lossless": True},
        "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    }
    path.write_bytes(animation(pictures, kind, icc_profile=display_p3(), **exact[kind]))
    found = frame_colours(path, out_dir)
    assert len(found) == 3
    assert all(is_near(pixel, p3_in_srgb(ASKED), 3) for pixel in found)


def test_a_moving_png_says_its_colours_by_numbers(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "clip"
    data = animation([Image.new("RGB", (64, 48), (*ASKED[:2], 60 + step)) for step in range(2)], "PNG")
    name, body = cicp(12, 13)
    numbers = struct.pack(">I", len(body)) + name + body + bytes(4)
    path.write_bytes(data[:33] + numbers + data[33:])
    assert is_near(frame_colours(path, out_dir)[0], P3, 2)


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
    with Image.open(out_dir / "picture.png") as picture:
        assert is_near(picture.getpixel((5, 5)), p3_in_srgb(ASKED), 3)
