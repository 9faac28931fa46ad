"""What moves becomes a clip: when its frames are shown, and what they show, as browsers draw them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops

from animations.ingest.client import Timeline, decode
from animations.ingest.decode import write_frames, write_picture
from tests.ingest.images import encoded, two_halves
from tests.ingest.sample_clips import (
    BLUE,
    CLEAR,
    GREEN,
    RED,
    animation,
    apng,
    gif,
    scenes,
    turned,
    video,
)

Looked = tuple[dict[str, Any], list[Image.Image]]
Look = Callable[[bytes], Looked]


@pytest.fixture
def look(tmp_path: Path, out_dir: Path) -> Look:
    """The clip's report and all its frames, read in this process."""

    def look_(data: bytes) -> Looked:
        path = tmp_path / "upload"
        path.write_bytes(data)
        report = write_picture(path, out_dir / "picture.png")
        wanted = list(range(len(report["clip"]["times_ms"])))
        frames = write_frames(path, out_dir, wanted)["frames"]
        return report, [opened(out_dir / f"{index}.png") for index in frames]

    return look_


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.copy()


def near(found: Any, wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def at(image: Image.Image, x: int, y: int) -> Any:
    return image.convert("RGBA").getpixel((x, y))


def differ(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel, of what is to be seen."""
    pair = []
    for image in (one.convert("RGBA"), other.convert("RGBA")):
        seen = Image.new("RGBA", image.size, (90, 120, 30, 255))
        seen.alpha_composite(image)
        pair.append(seen)
    return max(high for _, high in ImageChops.difference(*pair).getextrema())  # type: ignore[misc]


def by_ffmpeg(data: bytes, kind: str) -> list[Image.Image]:
    """What another decoder makes of it."""
    with av.open(BytesIO(data), format=kind) as container:
        frames = [frame.reformat(format="rgba") for frame in container.decode(video=0)]
    planes = [frame.planes[0] for frame in frames]
    return [
        Image.frombytes("RGBA", (plane.width, plane.height), bytes(plane), "raw", "RGBA", plane.line_size)
        for plane in planes
    ]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_a_clip_with_its_own_variable_timing(look: Look, kind: str) -> None:
    pictures = scenes(5)
    report, frames = look(animation(pictures, kind, [40, 200, 60, 300, 100], lossless=True))
    assert report["clip"] == {"times_ms": (0, 40, 240, 300, 600), "clip_ms": 700}
    assert (report["format"], report["animated"]) == (kind.lower(), True)
    assert max(differ(frame, picture) for frame, picture in zip(frames, pictures, strict=True)) <= 2


def test_a_stay_of_nothing_is_a_tenth_of_a_second_as_in_browsers(look: Look) -> None:
    patches = [(0, 0, 20, 20, colour, 1, delay) for colour, delay in ((0, 0), (1, 1), (2, 2), (0, 7))]
    assert look(gif((20, 20), patches))[0]["clip"] == {"times_ms": (0, 100, 200, 220), "clip_ms": 290}


def test_gif_disposal_keeps_clears_and_restores(look: Look) -> None:
    steps = [
        (0, 0, 20, 20, 0, 1, 8),
        (0, 0, 8, 8, 1, 3, 8),
        (8, 8, 8, 8, 2, 2, 8),
        (16, 0, 4, 4, 1, 1, 8),
        (0, 16, 4, 4, 3, 1, 8),
    ]
    _, frames = look(gif((20, 20), steps))
    assert near(at(frames[1], 2, 2), (*RED, 255))
    assert near(at(frames[2], 2, 2), (*GREEN, 255))
    assert near(at(frames[2], 10, 10), (*BLUE, 255))
    assert at(frames[3], 10, 10)[3] == 0
    assert near(at(frames[3], 18, 2), (*RED, 255))
    assert near(at(frames[4], 1, 18), (*GREEN, 255))
    assert differ(frames[4], frames[3]) == 0


def test_a_gif_is_drawn_as_ffmpeg_draws_it(look: Look) -> None:
    steps = [
        (0, 0, 20, 20, 3, 1, 8),
        (2, 2, 9, 7, 1, 2, 8),
        (5, 4, 10, 10, 2, 3, 8),
        (0, 0, 5, 20, 0, 1, 8),
        (15, 15, 5, 5, 1, 2, 8),
        (0, 10, 20, 4, 2, 1, 8),
    ]
    data = gif((20, 20), [(0, 0, 20, 20, 0, 2, 8), *steps])
    _, frames = look(data)
    theirs = by_ffmpeg(data, "gif")
    assert len(frames) == len(theirs) == 7
    for ours, other in zip(frames, theirs, strict=True):
        assert differ(ours, other) == 0


def test_a_gif_whose_first_picture_is_larger_than_its_screen_is_shown_whole(look: Look) -> None:
    _, frames = look(gif((16, 16), [(0, 0, 24, 20, 1, 1, 8), (0, 0, 4, 4, 2, 1, 8)]))
    assert frames[0].size == (24, 20)


def test_apng_frames_replace_blend_clear_and_restore(look: Look) -> None:
    half = (*BLUE, 128)
    steps = [
        (0, 0, 24, 20, (*GREEN, 255), 0, 0),
        (0, 0, 8, 8, half, 2, 1),
        (8, 8, 8, 8, half, 1, 0),
        (0, 0, 1, 1, CLEAR, 0, 1),
    ]
    data = apng((24, 20), steps)
    report, frames = look(data)
    assert report["clip"]["times_ms"] == (0, 80, 160, 240)
    assert near(at(frames[0], 2, 2), (*GREEN, 255), 0)
    assert near(at(frames[1], 2, 2), (25, 95, 140, 255), 3)
    assert near(at(frames[2], 2, 2), (*GREEN, 255), 0)
    assert near(at(frames[2], 10, 10), half, 0)
    assert at(frames[3], 10, 10)[3] == 0
    for ours, other in zip(frames, by_ffmpeg(data, "apng"), strict=True):
        assert differ(ours, other) <= 1


def test_a_moving_webp_with_soft_alpha_is_drawn_as_libwebp_draws_it(look: Look) -> None:
    pictures = scenes(6, ground=CLEAR)
    for number, picture in enumerate(pictures):
        picture.paste((*BLUE, 40 * number), (0, 0, 12, 12))
    data = animation(pictures, "WEBP", 80, lossless=True, minimize_size=True)
    report, frames = look(data)
    assert report["has_alpha"]
    with Image.open(BytesIO(data)) as theirs:
        for number, ours in enumerate(frames):
            theirs.seek(number)
            assert differ(ours, theirs) <= 1
            assert differ(ours, pictures[number]) <= 1


def test_of_a_clip_that_fades_in_the_master_is_the_first_picture_with_something_in_it(
    look: Look, out_dir: Path
) -> None:
    _, frames = look(animation([Image.new("RGBA", (64, 48), CLEAR), *scenes(3, ground=CLEAR)], "WEBP", lossless=True))
    with Image.open(out_dir / "picture.png") as master:
        assert differ(master, frames[1]) == 0


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
    look: Look, tmp_path: Path, name: str, matrix: tuple[int, int, int, int]
) -> None:
    corners = {(-1, -1): RED, (1, -1): GREEN, (-1, 1): BLUE, (1, 1): (240, 220, 20)}
    picture = Image.new("RGB", (96, 64))
    for (right, down), colour in corners.items():
        picture.paste(colour, (24 + 24 * right, 16 + 16 * down, 72 + 24 * right, 48 + 16 * down))
    _, frames = look(turned(video(tmp_path / name, [picture] * 2), matrix))
    a, b, c, d = matrix
    assert frames[0].size == ((96, 64) if a else (64, 96))
    width, height = frames[0].size
    for (right, down), colour in corners.items():
        x, y = a * right + c * down, b * right + d * down
        assert near(at(frames[0], width // 2 + x * width // 4, height // 2 + y * height // 4), (*colour, 255), 20)


def test_a_moving_picture_of_one_frame_is_a_picture(tmp_path: Path, out_dir: Path) -> None:
    for number, data in enumerate((gif((20, 20), [(0, 0, 20, 20, 1, 1, 8)]), video(tmp_path / "a.mp4", scenes(1)))):
        path = tmp_path / str(number)
        path.write_bytes(data)
        assert "clip" not in write_picture(path, out_dir / "picture.png")


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx264"), ("a.webm", "libvpx-vp9")])
def test_a_video_is_a_clip(look: Look, tmp_path: Path, name: str, codec: str) -> None:
    pictures = scenes(8, (65, 49))
    report, frames = look(video(tmp_path / name, [picture.crop((0, 0, 64, 48)) for picture in pictures], codec))
    assert report["format"] == name[2:]
    assert report["clip"] == {"times_ms": tuple(range(0, 320, 40)), "clip_ms": 320}
    assert len(frames) == 8
    assert near(at(frames[0], 8, 24), (*RED, 255), 20)
    assert near(at(frames[0], 60, 4), (*GREEN, 255), 20)
    assert near(at(frames[7], 8, 24), (*GREEN, 255), 20)


def test_a_videos_frames_come_when_they_come(look: Look, tmp_path: Path) -> None:
    times = [0, 40, 50, 300, 310, 900]
    report, frames = look(video(tmp_path / "a.mp4", scenes(6), times_ms=times))
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


def test_a_webm_keeps_its_alpha(look: Look, tmp_path: Path) -> None:
    report, frames = look(video(tmp_path / "a.webm", scenes(4, ground=CLEAR), "libvpx-vp9", alpha=True))
    assert report["has_alpha"]
    assert at(frames[0], 60, 4)[3] < 8
    assert near(at(frames[0], 8, 24), (*RED, 255), 20)


def test_a_phones_video_stands_upright(look: Look, tmp_path: Path) -> None:
    lying = [two_halves() for _ in range(3)]
    _, frames = look(turned(video(tmp_path / "a.mp4", lying)))
    assert frames[0].size == (48, 64)
    assert near(at(frames[0], 24, 8), (*RED, 255), 20)
    assert near(at(frames[0], 24, 56), (*BLUE, 255), 20)


@pytest.mark.parametrize(
    ("ratio", "size"), [(Fraction(2, 1), (64, 24)), (Fraction(1, 2), (32, 48)), (Fraction(1), (64, 48))]
)
def test_pixels_become_square(look: Look, tmp_path: Path, ratio: Fraction, size: tuple[int, int]) -> None:
    _, frames = look(video(tmp_path / "a.mp4", scenes(3), ratio=ratio))
    assert frames[0].size == size


def test_sound_is_of_no_account(look: Look, tmp_path: Path) -> None:
    report, _ = look(video(tmp_path / "a.mp4", scenes(4), sound=True))
    assert len(report["clip"]["times_ms"]) == 4


def test_colours_of_a_large_video_are_bt709_unless_it_says_otherwise(look: Look, tmp_path: Path) -> None:
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
    _, frames = look(path.read_bytes())
    assert near(at(frames[0], 100, 100), (0, 200, 0, 255), 6)
    assert frames[0].size == (512, 288)


def test_a_cut_tail_costs_only_what_is_gone(look: Look, tmp_path: Path) -> None:
    pictures = [Image.effect_noise((64, 48), 60 + number).convert("RGB") for number in range(8)]
    for kind in ("GIF", "PNG", "WEBP"):
        whole = animation(pictures, kind)
        report, frames = look(whole[: int(len(whole) * 0.6)])
        assert 3 <= len(frames) == len(report["clip"]["times_ms"]) <= 5, kind
    path = tmp_path / "a.webm"
    whole = video(path, pictures, "libvpx-vp9")
    report, frames = look(whole[: int(len(whole) * 0.6)])
    assert 2 <= len(frames) == len(report["clip"]["times_ms"]) <= 7


def test_a_damaged_frame_is_left_out_and_the_others_stay(tmp_path: Path, out_dir: Path) -> None:
    data = bytearray(animation(scenes(4), "PNG"))
    at_pixels = [at for at in range(len(data)) if data[at : at + 4] == b"fdAT"][1]
    data[at_pixels + 8 : at_pixels + 20] = bytes(12)
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert write_frames(path, out_dir, [0, 1, 2, 3])["frames"] == [0, 1, 3]


def test_the_child_says_what_the_clip_is(tmp_path: Path, out_dir: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(video(tmp_path / "a.mp4", scenes(3)))
    found = decode(path, out_dir)
    assert (found.format, found.clip) == ("mp4", Timeline([0, 40, 80], 120))
    path.write_bytes(encoded(two_halves(), "GIF"))
    assert decode(path, out_dir).clip is None
