"""GIF, APNG and WebP become clips: when their frames are shown, and what they show, as browsers draw them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from animations.ingest.client import Timeline, decode
from animations.ingest.decode import write_frames, write_picture
from tests.ingest.checks import is_near, largest_difference, rgba_at
from tests.ingest.clips.conftest import DecodeClip
from tests.ingest.images import encoded, two_halves
from tests.ingest.sample_clips import BLUE, CLEAR, GREEN, RED, animation, apng, gif, scenes, video


def by_ffmpeg(data: bytes, kind: str) -> list[Image.Image]:
    """Decode all frames by FFmpeg."""
    with av.open(BytesIO(data), "r", format=kind) as container:
        frames = [frame.reformat(format="rgba") for frame in container.decode(video=0)]
    planes = [frame.planes[0] for frame in frames]
    return [
        Image.frombytes("RGBA", (plane.width, plane.height), bytes(plane), "raw", "RGBA", plane.line_size)
        for plane in planes
    ]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_a_clip_with_its_own_variable_timing(decode_clip: DecodeClip, kind: str) -> None:
    pictures = scenes(5)
    report, frames = decode_clip(animation(pictures, kind, [40, 200, 60, 300, 100], lossless=True))
    assert report["clip"] == {"times_ms": (0, 40, 240, 300, 600), "clip_ms": 700}
    assert (report["format"], report["animated"]) == (kind.lower(), True)
    assert max(largest_difference(frame, picture) for frame, picture in zip(frames, pictures, strict=True)) <= 2


def test_a_delay_of_nothing_is_a_tenth_of_a_second_as_in_browsers(decode_clip: DecodeClip) -> None:
    patches = [(0, 0, 20, 20, colour, 1, delay) for colour, delay in ((0, 0), (1, 1), (2, 2), (0, 7))]
    assert decode_clip(gif((20, 20), patches))[0]["clip"] == {"times_ms": (0, 100, 200, 220), "clip_ms": 290}


def test_gif_disposal_keeps_clears_and_restores(decode_clip: DecodeClip) -> None:
    steps = [
        (0, 0, 20, 20, 0, 1, 8),
        (0, 0, 8, 8, 1, 3, 8),
        (8, 8, 8, 8, 2, 2, 8),
        (16, 0, 4, 4, 1, 1, 8),
        (0, 16, 4, 4, 3, 1, 8),
    ]
    _, frames = decode_clip(gif((20, 20), steps))
    assert is_near(rgba_at(frames[1], 2, 2), (*RED, 255), 12)
    assert is_near(rgba_at(frames[2], 2, 2), (*GREEN, 255), 12)
    assert is_near(rgba_at(frames[2], 10, 10), (*BLUE, 255), 12)
    assert rgba_at(frames[3], 10, 10)[3] == 0
    assert is_near(rgba_at(frames[3], 18, 2), (*RED, 255), 12)
    assert is_near(rgba_at(frames[4], 1, 18), (*GREEN, 255), 12)
    assert largest_difference(frames[4], frames[3]) == 0


def test_a_gif_is_drawn_as_ffmpeg_draws_it(decode_clip: DecodeClip) -> None:
    steps = [
        (0, 0, 20, 20, 3, 1, 8),
        (2, 2, 9, 7, 1, 2, 8),
        (5, 4, 10, 10, 2, 3, 8),
        (0, 0, 5, 20, 0, 1, 8),
        (15, 15, 5, 5, 1, 2, 8),
        (0, 10, 20, 4, 2, 1, 8),
    ]
    data = gif((20, 20), [(0, 0, 20, 20, 0, 2, 8), *steps])
    _, frames = decode_clip(data)
    theirs = by_ffmpeg(data, "gif")
    assert len(frames) == len(theirs) == 7
    for ours, other in zip(frames, theirs, strict=True):
        assert largest_difference(ours, other) == 0


def test_a_gif_whose_first_picture_is_larger_than_its_screen_is_shown_whole(decode_clip: DecodeClip) -> None:
    _, frames = decode_clip(gif((16, 16), [(0, 0, 24, 20, 1, 1, 8), (0, 0, 4, 4, 2, 1, 8)]))
    assert frames[0].size == (24, 20)


def test_apng_frames_replace_blend_clear_and_restore(decode_clip: DecodeClip) -> None:
    half = (*BLUE, 128)
    steps = [
        (0, 0, 24, 20, (*GREEN, 255), 0, 0),
        (0, 0, 8, 8, half, 2, 1),
        (8, 8, 8, 8, half, 1, 0),
        (0, 0, 1, 1, CLEAR, 0, 1),
    ]
    data = apng((24, 20), steps)
    report, frames = decode_clip(data)
    assert report["clip"]["times_ms"] == (0, 80, 160, 240)
    assert is_near(rgba_at(frames[0], 2, 2), (*GREEN, 255), 0)
    assert is_near(rgba_at(frames[1], 2, 2), (25, 95, 140, 255), 3)
    assert is_near(rgba_at(frames[2], 2, 2), (*GREEN, 255), 0)
    assert is_near(rgba_at(frames[2], 10, 10), half, 0)
    assert rgba_at(frames[3], 10, 10)[3] == 0
    for ours, other in zip(frames, by_ffmpeg(data, "apng"), strict=True):
        assert largest_difference(ours, other) <= 1


def test_a_moving_webp_with_soft_alpha_is_drawn_as_libwebp_draws_it(decode_clip: DecodeClip) -> None:
    pictures = scenes(6, background=CLEAR)
    for number, picture in enumerate(pictures):
        picture.paste((*BLUE, 40 * number), (0, 0, 12, 12))
    data = animation(pictures, "WEBP", 80, lossless=True, minimize_size=True)
    report, frames = decode_clip(data)
    assert report["has_alpha"]
    with Image.open(BytesIO(data)) as theirs:
        for number, ours in enumerate(frames):
            theirs.seek(number)
            assert largest_difference(ours, theirs) <= 1
            assert largest_difference(ours, pictures[number]) <= 1


def test_the_picture_of_a_clip_that_fades_in_is_its_first_visible_frame(
    decode_clip: DecodeClip, out_dir: Path
) -> None:
    _, frames = decode_clip(
        animation([Image.new("RGBA", (64, 48), CLEAR), *scenes(3, background=CLEAR)], "WEBP", lossless=True)
    )
    with Image.open(out_dir / "picture.png") as picture:
        assert largest_difference(picture, frames[1]) == 0


def test_a_moving_picture_of_one_frame_is_a_picture(tmp_path: Path, out_dir: Path) -> None:
    for number, data in enumerate((gif((20, 20), [(0, 0, 20, 20, 1, 1, 8)]), video(tmp_path / "a.mp4", scenes(1)))):
        path = tmp_path / str(number)
        path.write_bytes(data)
        assert "clip" not in write_picture(path, out_dir / "picture.png")


def test_a_truncated_clip_keeps_its_whole_frames(decode_clip: DecodeClip, tmp_path: Path) -> None:
    pictures = [Image.effect_noise((64, 48), 60 + number).convert("RGB") for number in range(8)]
    for kind in ("GIF", "PNG", "WEBP"):
        whole = animation(pictures, kind)
        report, frames = decode_clip(whole[: int(len(whole) * 0.6)])
        assert 3 <= len(frames) == len(report["clip"]["times_ms"]) <= 5, kind
    path = tmp_path / "a.webm"
    whole = video(path, pictures, "libvpx-vp9")
    report, frames = decode_clip(whole[: int(len(whole) * 0.6)])
    assert 2 <= len(frames) == len(report["clip"]["times_ms"]) <= 7


def test_a_damaged_frame_is_left_out_and_the_others_stay(tmp_path: Path, out_dir: Path) -> None:
    data = bytearray(animation(scenes(4), "PNG"))
    at_pixels = [at for at in range(len(data)) if data[at : at + 4] == b"fdAT"][1]
    data[at_pixels + 8 : at_pixels + 20] = bytes(12)
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert write_frames(path, out_dir, [0, 1, 2, 3])["frames"] == [0, 1, 3]


def test_the_client_returns_the_clips_timeline(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(video(tmp_path / "a.mp4", scenes(3)))
    found = decode(path, out_dir)
    assert (found.format, found.clip) == ("mp4", Timeline([0, 40, 80], 120))
    path.write_bytes(encoded(two_halves(), "GIF"))
    assert decode(path, out_dir).clip is None
