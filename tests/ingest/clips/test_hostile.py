"""False and oversized clips are refused quickly, in words, and leave nothing behind."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from animations.ingest.client import decode
from animations.ingest.errors import DecodeError
from tests.ingest.checks import decoding_child_memory
from tests.ingest.sample_clips import CLEAR, animation, apng, coded, gif, scenes, sound_only, video

Make = Callable[[Path], bytes]


def short(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def huge_gif() -> bytes:
    """Make a GIF of two pictures, of which the second promises 60000×60000 px."""
    data = gif((64, 48), [(0, 0, 64, 48, 1, 1, 8), (0, 0, 1, 1, 2, 1, 8)])
    at = data.rindex(b"\x2c\0\0\0\0\1\0\1\0")
    return data[: at + 5] + struct.pack("<HH", 60_000, 60_000) + data[at + 9 :]


def empty_frames(path: Path) -> bytes:
    return animation([Image.new("RGBA", (64, 48), CLEAR) for _ in range(3)], "WEBP", lossless=True)


REFUSED: dict[str, tuple[Make, str]] = {
    "an mp4 of its first bytes": (lambda path: short(video(path / "a.mp4", scenes(5)), 0.05), "damaged"),
    "an mp4 without its end": (lambda path: short(video(path / "a.mp4", scenes(5)), 0.6), "damaged"),
    "a webm without a frame": (lambda path: short(video(path / "a.webm", scenes(5), "libvpx-vp9"), 0.1), "damaged"),
    "sound": (lambda path: sound_only(path / "a.mp4"), "no_video"),
    "text called a video": (lambda path: b"\0\0\0\x18ftypisom" + b"these are words" * 9, "damaged"),
    "noise called a webm": (lambda path: b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 9, "damaged"),
    "1x1": (lambda path: animation(scenes(3, (1, 1)), "WEBP"), "too_small"),
    "a small video": (lambda path: video(path / "a.mp4", scenes(3, (8, 8))), "too_small"),
    "a wide one": (lambda path: gif((65_000, 300), [(0, 0, 4, 4, 1, 1, 8)] * 2), "too_many_pixels"),
    "a large canvas": (lambda path: gif((5_000, 5_000), [(0, 0, 4, 4, 1, 1, 8)] * 2), "too_many_pixels"),
    "a large patch": (lambda path: huge_gif(), "too_many_pixels"),
    "a minute and more": (lambda path: gif((20, 20), [(0, 0, 20, 20, 1, 1, 101)] * 60), "too_long"),
    "nothing to see": (empty_frames, "blank"),
    "an apng of broken pixels": (
        lambda path: apng((24, 20), [(0, 0, 24, 20, (1, 2, 3, 4), 0, 0)] * 3).replace(b"fdAT", b"fdAT" + bytes(9)),
        "",
    ),
    "another codec": (lambda path: video(path / "a.mkv", scenes(3), "ffv1"), "unsupported_format"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_clip_is_refused_in_words_and_leaves_nothing(name: str, tmp_path: Path, out_dir: Path) -> None:
    make, code = REFUSED[name]
    path = tmp_path / "upload"
    path.write_bytes(make(tmp_path))
    started = time.process_time()
    if not code:  # the picture that stands before the frames is whole
        assert decode(path, out_dir).clip is None
        return
    with pytest.raises(DecodeError) as caught:
        decode(path, out_dir)
    assert time.process_time() - started < 5
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert list(out_dir.iterdir()) == []


def large() -> list[Image.Image]:
    """Draw pictures of 4K that are quickly made, and change everywhere."""
    noise = [Image.effect_noise((480, 270), 60 + number).quantize(16) for number in range(3)]
    return [picture.resize((3840, 2160), Image.Resampling.NEAREST) for picture in noise]


def test_the_child_of_a_large_gif_stays_within_400_mb(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.gif"
    path.write_bytes(animation(large(), "GIF", disposal=3))
    peak, loaded = decoding_child_memory(path, out_dir)
    assert 80_000_000 < peak <= 400_000_000
    assert loaded == []


def test_the_child_of_a_large_video_stays_within_400_mb_and_alone_loads_ffmpeg(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.mp4"
    video(path, large())
    peak, loaded = decoding_child_memory(path, out_dir)
    assert 80_000_000 < peak <= 400_000_000
    assert loaded == ["av"]


def test_the_frames_of_a_large_hdr_video_are_read_within_400_mb(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "large.mp4"
    coded(path, [(0.1 * step,) * 3 for step in range(8)], (9, 18, 9), size=(3840, 2160))
    peak, _ = decoding_child_memory(path, out_dir, "0,1,2,3,4,5,6,7")
    assert 80_000_000 < peak <= 400_000_000
    assert len(list(out_dir.iterdir())) == 8
