"""Files that are no picture, or an attack, are refused quickly, in words, and leave nothing behind."""

from __future__ import annotations

import resource
import subprocess
import time
import zlib
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from PIL import Image

from animations.imaging.png_chunks import pack_chunk
from animations.ingest.client import Decoded, decode
from animations.ingest.errors import DecodeError
from tests.ingest.checks import decoding_child_memory
from tests.ingest.images import RED, encoded, png, slow_jpeg, two_halves
from tests.processes import command_line

HEIC = Path(__file__).parents[1] / "data" / "small.heic"


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that promises many pixels in few bytes."""
    return png(width, height, 1, 0, b"")


def cut(data: bytes, share: float = 0.6) -> bytes:
    return data[: int(len(data) * share)]


NOISE = Image.effect_noise((200, 200), 80).convert("RGB")


def test_a_good_picture_comes_back_normalised(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(encoded(two_halves().convert("RGBA"), "WEBP", lossless=True))
    picture = out_dir / "picture.png"
    assert decode(path, out_dir) == Decoded(picture, "webp", 64, 48, False, "other", 64, 48, False)
    with Image.open(picture) as image:
        assert image.getpixel((8, 24)) == RED


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "text renamed": (b"hello, this is no picture", "not_a_picture"),
    "zeros": (bytes(1000), "not_a_picture"),
    "svg": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_format"),
    "avif of its first bytes": (b"\0\0\0\x20ftypavif" + bytes(50), "truncated"),
    "avif cut short": (cut(encoded(NOISE, "AVIF")), "truncated"),
    "tiff": (encoded(two_halves(), "TIFF"), "unsupported_format"),
    "bmp": (encoded(two_halves(), "BMP"), "unsupported_format"),
    "1x1": (encoded(Image.new("RGB", (1, 1)), "PNG"), "too_small"),
    "15 px high": (encoded(Image.new("RGB", (64, 15)), "GIF"), "too_small"),
    "20000x1": (encoded(Image.new("L", (20_000, 1)), "PNG"), "too_small"),
    "a ribbon": (encoded(Image.new("L", (2_000, 20)), "PNG"), "bad_shape"),
    "20000 px wide": (bomb(20_000, 1_500), "too_many_pixels"),
    "a bomb": (bomb(50_000, 50_000), "too_many_pixels"),
    "just over 40 megapixels": (bomb(6_325, 6_325), "too_many_pixels"),
    "png cut short": (cut(encoded(NOISE, "PNG")), "truncated"),
    "jpeg cut short": (cut(encoded(NOISE, "JPEG")), "truncated"),
    "webp cut short": (cut(encoded(NOISE, "WEBP")), "damaged"),
    "gif cut short": (cut(encoded(NOISE, "GIF")), "truncated"),
    "heic cut short": (cut(HEIC.read_bytes()), "truncated"),
    "only a signature": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "jpeg without a picture": (b"\xff\xd8\xff\xd9" + bytes(100), "damaged"),
    "transparent throughout": (encoded(Image.new("RGBA", (64, 64)), "PNG"), "blank"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(name: str, tmp_path: Path, out_dir: Path) -> None:
    data, code = REFUSED[name]
    path = tmp_path / "upload.png"
    path.write_bytes(data)
    started = time.process_time()
    with pytest.raises(DecodeError) as caught:
        decode(path, out_dir)
    assert time.process_time() - started < 5
    assert (caught.value.code, str(caught.value)) == (code, caught.value.message)
    assert caught.value.message.endswith(".")
    assert "Traceback" not in caught.value.message
    assert list(out_dir.iterdir()) == []


def test_the_error_for_an_svg_says_what_to_do(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text("<svg/>")
    with pytest.raises(DecodeError, match=r"SVG drawing\. Export it as PNG"):
        decode(path, out_dir)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Make a file whose reader waits for ever: a decoder that hangs."""
    path = tmp_path / "pipe"
    subprocess.run(["mkfifo", str(path)], check=True)
    return path


def readers_of(path: Path) -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if str(path) in command_line(child)]


def test_a_decoder_that_hangs_is_killed(pipe: Path, out_dir: Path) -> None:
    (out_dir / "picture.part").write_bytes(b"half a picture")
    with pytest.raises(DecodeError) as caught:
        decode(pipe, out_dir, timeout=0.4)
    assert caught.value.code == "too_slow"
    assert readers_of(pipe) == []
    assert list(out_dir.iterdir()) == []


def test_a_small_picture_may_take_little_processor_time(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "slow.jpg"
    path.write_bytes(slow_jpeg(1000, scans=20_000))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(DecodeError) as caught:
        decode(path, out_dir)
    assert caught.value.code == "too_slow"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 3


def striped_png(width: int, height: int) -> bytes:
    row = b"\0" + bytes([200, 100, 50, 128]) * width
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    whole = png(width, height, 8, 6, b"")
    return whole.replace(pack_chunk(b"IDAT", zlib.compress(b"", 1)), pack_chunk(b"IDAT", body))


def test_40_megapixels_are_opened_within_400_mb(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(striped_png(7_300, 5_479))
    peak, loaded = decoding_child_memory(path, out_dir)
    assert 150_000_000 < peak <= 400_000_000
    assert loaded == []
    with Image.open(out_dir / "picture.png") as picture:
        assert (picture.size, picture.mode) == ((2048, 1537), "RGBA")


def test_a_picture_of_many_strips_has_no_seams(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.linear_gradient("L").resize((4_300, 4_300)).save(path, "PNG", compress_level=1)
    decode(path, out_dir)
    with Image.open(out_dir / "picture.png") as picture:
        column = [picture.getpixel((1000, y))[0] for y in range(picture.height)]  # type: ignore[index]
    assert all(0 <= after - before <= 1 for before, after in pairwise(column))
    assert (column[0], column[-1]) == (0, 255)
