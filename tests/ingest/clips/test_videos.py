"""Videos become clips: their times, their orientation, their pixels' shape and their alpha."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from animations.ingest.decode import write_frames
from tests.ingest.checks import is_near, rgba_at
from tests.ingest.clips.conftest import DecodeClip
from tests.ingest.images import two_halves
from tests.ingest.sample_clips import BLUE, CLEAR, GREEN, RED, scenes, turned, video


@pytest.mark.parametrize(
    "matrix",
    [
        (1, 0, 0, 1),
        (-1, 0, 0, 1),
        (1, 0, 0, -1),
        (-1, 0, 0, -1),
        (0, 1, -1, 0),
        (0, -1, 1, 0),
        (0, 1, 1, 0),
        (0, -1, -1, 0),
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_video_is_turned_and_mirrored_as_it_asks(
    decode_clip: DecodeClip, tmp_path: Path, name: str, matrix: tuple[int, int, int, int]
) -> None:
    corners = {(-1, -1): RED, (1, -1): GREEN, (-1, 1): BLUE, (1, 1): (240, 220, 20)}
    picture = Image.new("RGB", (96, 64))
    for (right, down), colour in corners.items():
        picture.paste(colour, (24 + 24 * right, 16 + 16 * down, 72 + 24 * right, 48 + 16 * down))
    _, frames = decode_clip(turned(video(tmp_path / name, [picture] * 2), matrix))
    a, b, c, d = matrix
    assert frames[0].size == ((96, 64) if a else (64, 96))
    width, height = frames[0].size
    for (right, down), colour in corners.items():
        x, y = a * right + c * down, b * right + d * down
        assert is_near(
            rgba_at(frames[0], width // 2 + x * width // 4, height // 2 + y * height // 4), (*colour, 255), 20
        )


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx264"), ("a.webm", "libvpx-vp9")])
def test_a_video_is_a_clip(decode_clip: DecodeClip, tmp_path: Path, name: str, codec: str) -> None:
    pictures = scenes(8, (65, 49))
    report, frames = decode_clip(
        video(tmp_path / name, [picture.crop((0, 0, 64, 48)) for picture in pictures], codec)
    )
    assert report["format"] == name[2:]
    assert report["clip"] == {"times_ms": tuple(range(0, 320, 40)), "clip_ms": 320}
    assert len(frames) == 8
    assert is_near(rgba_at(frames[0], 8, 24), (*RED, 255), 20)
    assert is_near(rgba_at(frames[0], 60, 4), (*GREEN, 255), 20)
    assert is_near(rgba_at(frames[7], 8, 24), (*GREEN, 255), 20)


def test_a_video_keeps_its_variable_timing(decode_clip: DecodeClip, tmp_path: Path) -> None:
    times = [0, 40, 50, 300, 310, 900]
    report, frames = decode_clip(video(tmp_path / "a.mp4", scenes(6), times_ms=times))
    assert report["clip"]["times_ms"] == tuple(times)
    assert report["clip"]["clip_ms"] > 900
    assert len(frames) == 6


def test_a_part_from_the_middle_is_the_same_as_when_all_is_read(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "a.webm"
    video(path, scenes(300), "libvpx-vp9")
    write_frames(path, out_dir, list(range(300)))
    whole = {index: (out_dir / f"{index}.png").read_bytes() for index in (0, 140, 299)}
    assert write_frames(path, out_dir, [140, 299, 400])["frames"] == [140, 299]
    assert {index: (out_dir / f"{index}.png").read_bytes() for index in whole} == whole


def test_a_webm_keeps_its_alpha(decode_clip: DecodeClip, tmp_path: Path) -> None:
    report, frames = decode_clip(video(tmp_path / "a.webm", scenes(4, background=CLEAR), "libvpx-vp9", alpha=True))
    assert report["has_alpha"]
    assert rgba_at(frames[0], 60, 4)[3] < 8
    assert is_near(rgba_at(frames[0], 8, 24), (*RED, 255), 20)


def test_a_phones_video_stands_upright(decode_clip: DecodeClip, tmp_path: Path) -> None:
    lying = [two_halves() for _ in range(3)]
    _, frames = decode_clip(turned(video(tmp_path / "a.mp4", lying)))
    assert frames[0].size == (48, 64)
    assert is_near(rgba_at(frames[0], 24, 8), (*RED, 255), 20)
    assert is_near(rgba_at(frames[0], 24, 56), (*BLUE, 255), 20)


@pytest.mark.parametrize(
    ("ratio", "size"), [(Fraction(2, 1), (64, 24)), (Fraction(1, 2), (32, 48)), (Fraction(1), (64, 48))]
)
def test_a_videos_pixels_become_square(
    decode_clip: DecodeClip, tmp_path: Path, ratio: Fraction, size: tuple[int, int]
) -> None:
    _, frames = decode_clip(video(tmp_path / "a.mp4", scenes(3), ratio=ratio))
    assert frames[0].size == size


def test_sound_is_ignored(decode_clip: DecodeClip, tmp_path: Path) -> None:
    report, _ = decode_clip(video(tmp_path / "a.mp4", scenes(4), sound=True))
    assert len(report["clip"]["times_ms"]) == 4


def test_colours_of_a_large_video_are_bt709_unless_it_says_otherwise(decode_clip: DecodeClip, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    frame = av.VideoFrame.from_bytes(
        Image.new("RGBA", (1280, 720), (0, 200, 0)).tobytes(), 1280, 720, format="rgba"
    ).reformat(format="yuv420p", dst_colorspace="itu709")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(2):
            frame.pts, frame.time_base, frame.colorspace = number, Fraction(1, 25), 2
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    _, frames = decode_clip(path.read_bytes())
    assert is_near(rgba_at(frames[0], 100, 100), (0, 200, 0, 255), 6)
    assert frames[0].size == (512, 288)
