"""The decoding command, and each of its parts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from animations.ingest import dimensions, normalise, readers
from animations.ingest.decode import write_picture
from animations.ingest.errors import UnsupportedFile
from animations.ingest.readers import SourcePicture
from animations.ingest.sniff import sniff
from tests.ingest.images import BLUE, RED, encoded, two_halves

ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(encoded(two_halves().convert("RGBA"), "PNG"))
    return path


def child(source: Path, out_dir: Path) -> tuple[int, dict[str, Any]]:
    """Run the command, and return its exit status and report."""
    command = [sys.executable, "-m", "animations.ingest.decode", "picture", str(source), str(out_dir / "picture.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=30)
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


def test_the_command_reports_the_picture_that_it_wrote(source: Path, tmp_path: Path) -> None:
    assert child(source, tmp_path) == (
        0,
        {
            "format": "png",
            "width": 64,
            "height": 48,
            "has_alpha": False,
            "background": "other",
            "source_width": 64,
            "source_height": 48,
            "animated": False,
        },
    )
    with Image.open(tmp_path / "picture.png") as written:
        assert (written.size, written.mode, written.getpixel((8, 24))) == ((64, 48), "RGB", RED)


def test_the_command_says_why_a_file_is_refused(source: Path, tmp_path: Path) -> None:
    source.write_bytes(b"")
    assert child(source, tmp_path) == (1, {"error": {"code": "empty", "message": "This file is empty."}})
    assert not (tmp_path / "picture.png").exists()


def test_a_picture_is_written_whole_and_under_its_final_name(source: Path, tmp_path: Path) -> None:
    report = write_picture(source, tmp_path / "picture.png")
    assert (report["format"], report["width"], report["height"]) == ("png", 64, 48)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "picture.png"]


def test_a_picture_with_nothing_to_see_is_refused(source: Path, tmp_path: Path) -> None:
    source.write_bytes(encoded(Image.new("RGBA", (64, 64)), "PNG"))
    with pytest.raises(UnsupportedFile) as error:
        write_picture(source, tmp_path / "picture.png")
    assert error.value.code == "blank"
    assert [path.name for path in tmp_path.iterdir()] == ["original"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_pictures_kind_is_told_by_its_first_bytes(source: Path, kind: str) -> None:
    source.write_bytes(encoded(two_halves(), kind))
    assert sniff(source) == kind.lower()


def test_an_unsupported_format_is_named(source: Path) -> None:
    source.write_bytes(encoded(two_halves(), "TIFF"))
    with pytest.raises(UnsupportedFile, match="TIFF") as error:
        sniff(source)
    assert error.value.code == "unsupported_format"


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ((15, 64), "too_small"),
        ((8_000, 5_001), "too_many_pixels"),
        ((16_385, 900), "too_many_pixels"),
        ((2_000, 99), "bad_shape"),
    ],
)
def test_a_picture_out_of_bounds_is_refused(size: tuple[int, int], code: str) -> None:
    for width, height in (size, size[::-1]):
        with pytest.raises(UnsupportedFile) as error:
            dimensions.check_bounds(width, height)
        assert error.value.code == code


def test_a_picture_just_within_bounds_is_taken() -> None:
    for size in ((16, 16), (8_000, 5_000), (16_384, 820), (2_000, 100)):
        dimensions.check_bounds(*size)


def test_a_picture_is_read_in_strips(source: Path) -> None:
    picture = readers.open_picture(source, 2048)
    assert (picture.format, picture.size, picture.full_size, picture.has_alpha) == ("png", (64, 48), (64, 48), True)
    strip = picture.read_rows(10, 14)
    assert (strip.size, strip.getpixel((40, 1))) == ((64, 4), (*BLUE, 255))


def test_a_large_photo_is_read_at_a_size_that_is_enough(source: Path) -> None:
    source.write_bytes(encoded(two_halves(640, 480), "JPEG"))
    picture = readers.open_picture(source, 160)
    assert (picture.size, picture.full_size) == ((160, 120), (640, 480))


def test_a_file_that_is_cut_short_is_called_truncated(source: Path) -> None:
    data = encoded(Image.effect_noise((100, 100), 80), "JPEG")
    source.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnsupportedFile) as error:
        readers.open_picture(source, 2048)
    assert error.value.code == "truncated"


def picture_of(image: Image.Image, orientation: int = 1) -> SourcePicture:
    return SourcePicture(
        format="png",
        size=image.size,
        full_size=image.size,
        has_alpha=image.mode == "RGBA",
        read_rows=lambda top, bottom: image.crop((0, top, image.width, bottom)),
        icc=None,
        orientation=orientation,
        is_animated=False,
    )


def test_a_normalised_picture_is_upright_and_no_side_is_over_the_largest() -> None:
    drawn = normalise.normalise(picture_of(two_halves(640, 480), orientation=6), 64)
    assert (drawn.size, drawn.mode) == ((48, 64), "RGB")
    assert (drawn.getpixel((24, 8)), drawn.getpixel((24, 56))) == (RED, BLUE)


def test_a_normalised_picture_has_alpha_only_where_it_hides_something() -> None:
    opaque = two_halves().convert("RGBA")
    assert normalise.normalise(picture_of(opaque), 2048).mode == "RGB"
    opaque.putpixel((3, 4), (*RED, 10))
    drawn = normalise.normalise(picture_of(opaque), 2048)
    assert (drawn.mode, drawn.getpixel((3, 4))) == ("RGBA", (*RED, 10))


def glow(side: int) -> Image.Image:
    """Draw one blue, which fades away over most of the picture, over another colour that is hidden."""
    alpha = Image.radial_gradient("L").point([max(0, 255 - 2 * level) for level in range(256)]).resize((side, side))
    picture = Image.new("RGBA", (side, side), (30, 60, 250, 255))
    picture.paste((255, 200, 0), mask=alpha.point([255] + [0] * 255))
    picture.putalpha(alpha)
    return picture


@pytest.mark.parametrize("largest", [2048, 1000, 512, 300])
def test_a_glow_that_is_made_smaller_keeps_its_colour_where_it_is_faint(largest: int) -> None:
    drawn = np.asarray(normalise.normalise(picture_of(glow(1100)), largest)).astype(int)
    shown = drawn[..., 3] >= 4
    assert 0.1 < shown.mean() < 0.9
    assert np.abs(drawn[shown][:, :3] - (30, 60, 250)).max() <= 2
