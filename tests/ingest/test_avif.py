"""AVIF is read as a picture, and as a clip when it moves; brands and boxes tell what a file is."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from animations.ingest.clips.clip import open_clip
from animations.ingest.decode import write_frames, write_picture
from animations.ingest.errors import UnsupportedFile
from animations.ingest.sniff import sniff
from tests.ingest.checks import decoding_child_memory, is_near, read_image, rgba_at
from tests.ingest.conftest import DecodeImage
from tests.ingest.images import encoded, two_halves
from tests.ingest.sample_clips import BLUE, CLEAR, GREEN, RED, animation, scenes, turned, video

DATA: Final = Path(__file__).parents[1] / "data"
HEIC: Final = (DATA / "small.heic").read_bytes()


def branded(data: bytes, major: bytes, *others: bytes) -> bytes:
    """Return the same file with other brands, of which there may be no more than there were."""
    (length,) = struct.unpack_from(">I", data)
    brands = major + bytes(4) + b"".join(others)
    assert len(brands) <= length - 8
    return data[:8] + brands.ljust(length - 8, b"\0") + data[length:]


def test_a_still_avif_is_a_picture(decode_image: DecodeImage) -> None:
    report, image = decode_image((DATA / "cases" / "still.avif").read_bytes())
    assert (report["format"], report["animated"], report["has_alpha"]) == ("avif", False, False)
    assert is_near(image.getpixel((64, 64)), (244, 150, 50), 3)
    report, image = decode_image(encoded(Image.new("RGBA", (64, 48), (200, 100, 50, 128)), "AVIF", quality=100))
    assert report["has_alpha"]
    assert is_near(image.getpixel((30, 20)), (200, 100, 50, 128), 4)


def test_a_grey_avif_and_a_large_one_are_read(decode_image: DecodeImage) -> None:
    assert is_near(decode_image(encoded(Image.new("L", (64, 48), 90), "AVIF"))[1].getpixel((30, 20)), (90, 90, 90), 3)
    report, image = decode_image(encoded(two_halves(3000, 1500), "AVIF", speed=10))
    assert (image.size, report["source_width"]) == ((2048, 1024), 3000)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_picture_of_any_format_stands_upright(decode_image: DecodeImage, kind: str, orientation: int) -> None:
    upright = two_halves()
    upright.paste(GREEN, (0, 0, 64, 16))
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright if back is None else upright.transpose(back)
    _, image = decode_image(encoded(stored, kind, exif=exif))
    assert image.size == (64, 48)
    assert is_near(rgba_at(image, 32, 8), (*GREEN, 255), 20)
    assert is_near(rgba_at(image, 8, 40), (*RED, 255), 20)
    assert is_near(rgba_at(image, 56, 40), (*BLUE, 255), 20)


def decode_file(path: Path, out_dir: Path) -> tuple[dict[str, Any], list[Image.Image]]:
    report = write_picture(path, out_dir / "picture.png")
    frames = write_frames(path, out_dir, list(range(len(report["clip"]["times_ms"]))))["frames"]
    return report, [read_image(out_dir / f"{index}.png") for index in frames]


@pytest.mark.parametrize("background", [GREEN, CLEAR])
def test_a_moving_avif_is_a_clip_with_its_own_timing(
    tmp_path: Path, out_dir: Path, background: tuple[int, ...]
) -> None:
    path = tmp_path / "clip"
    path.write_bytes(animation(scenes(4, background=background), "AVIF", [40, 200, 60, 300]))
    report, frames = decode_file(path, out_dir)
    assert (report["format"], report["animated"], report["has_alpha"]) == ("avif", True, len(background) == 4)
    assert report["clip"] == {"times_ms": (0, 40, 240, 300), "clip_ms": 600}
    assert len(frames) == 4
    assert is_near(rgba_at(frames[0], 8, 24), (*RED, 255), 30)
    assert is_near(rgba_at(frames[3], 56, 24), (*RED, 255), 30)
    assert is_near(rgba_at(frames[3], 8, 24)[3:], (255,) if background == GREEN else (0,), 8)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])  # Pillow's writer of moving AVIF dies of Exif
def test_a_moving_picture_stands_upright(tmp_path: Path, out_dir: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "clip"
    stored = [picture.transpose(Image.Transpose.ROTATE_90) for picture in scenes(3)]
    path.write_bytes(animation(stored, kind, exif=exif))
    report, frames = decode_file(path, out_dir)
    assert (report["width"], report["height"], [frame.size for frame in frames]) == (64, 48, [(64, 48)] * 3)
    assert is_near(rgba_at(frames[2], 56, 24), (*RED, 255), 30)
    assert write_frames(path, out_dir, [2], crop=[40, 8, 64, 40])["frames"] == [2]
    part = read_image(out_dir / "2.png")
    assert part.size == (24, 32)
    assert is_near(rgba_at(part, 16, 16), (*RED, 255), 30)


STILL: Final = encoded(two_halves(), "AVIF")
MOVING: Final = animation(scenes(3), "AVIF")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (STILL, "avif"),
        (branded(STILL, b"mif1", b"avif", b"miaf"), "avif"),
        (branded(STILL, b"isom", b"mif1", b"avif"), "avif"),
        (branded(STILL, b"mif1", b"miaf"), "avif"),
        (branded(STILL, b"miaf", b"avif", b"heic"), "avif"),
        (MOVING, "avif"),
        (branded(MOVING, b"msf1", b"avis", b"avif"), "avif"),
        (branded(MOVING, b"isom", b"avis", b"iso8"), "avif"),
        (HEIC, "heic"),
        (branded(HEIC, b"mif1", b"heic"), "heic"),
        (branded(HEIC, b"mif1"), "heic"),
    ],
)
def test_a_picture_is_read_whatever_its_major_brand_is(tmp_path: Path, out_dir: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    assert sniff(path) == kind
    report = write_picture(path, out_dir / "picture.png")
    assert (report["format"], report["width"], report["height"]) == (kind, 64, 48)
    assert ("clip" in report) == (b"avis" in data[:40])


HEVC: Final = (DATA / "cases" / "hlg.mp4").read_bytes()
SEQUENCE: Final = branded(HEVC, b"msf1", b"msf1", b"hevc").replace(b"vide", b"pict", 1)
"""A HEVC video whose container says that it is a sequence of pictures."""


def test_a_heic_sequence_is_a_clip(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "walk.heics"
    path.write_bytes(HEVC)
    film, _ = decode_file(path, out_dir)
    path.write_bytes(SEQUENCE)
    report, frames = decode_file(path, out_dir)
    assert report == film | {"format": "heic"}
    assert len(frames) == len(report["clip"]["times_ms"]) > 1
    assert is_near(rgba_at(frames[0], 60, 20), (165, 165, 165, 255), 4)


def test_a_heic_sequence_with_alpha_is_its_first_picture(tmp_path: Path) -> None:
    path = tmp_path / "walk.heics"
    path.write_bytes(SEQUENCE.replace(b"pict", b"auxv", 1))
    assert open_clip(path, sniff(path)) is None


def test_a_video_that_calls_itself_a_picture_too_is_played(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(branded(video(path, scenes(2)), b"isom", b"mif1"))
    assert sniff(path) == "mp4"
    path.write_bytes(turned(path.read_bytes()))
    assert sniff(path) == "mp4"


def test_a_picture_of_a_rare_coding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(branded(STILL, b"mif1").replace(b"av01", b"j2k1"))
    with pytest.raises(UnsupportedFile, match="HEIF") as error:
        sniff(path)
    assert error.value.code == "unsupported_format"


def test_an_avif_of_40_megapixels_is_opened_within_400_mb(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.avif"
    Image.effect_noise((800, 500), 60).convert("RGB").resize((7_990, 5_000)).save(path, "AVIF", speed=10, quality=40)
    peak, loaded = decoding_child_memory(path, out_dir)
    assert 150_000_000 < peak <= 400_000_000
    assert loaded == []


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("data", [STILL, MOVING])
def test_an_avif_that_is_cut_is_refused_or_shown_as_far_as_it_goes(
    tmp_path: Path, out_dir: Path, data: bytes, share: float
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data[: int(len(data) * share)])
    try:
        report = write_picture(path, out_dir / "picture.png")
    except UnsupportedFile as error:
        assert error.code in ("truncated", "blank", "damaged")
    else:
        assert (report["width"], report["height"]) == (64, 48)
