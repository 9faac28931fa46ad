"""The readers of each kind of clip, and the compositor, by themselves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from animations.ingest.clips import apng, gif, video, webp
from animations.ingest.clips.clip import open_clip
from animations.ingest.clips.compositor import compose
from animations.ingest.clips.delays import browser_delay_ms
from animations.ingest.decode import write_frames, write_picture
from animations.ingest.errors import UnsupportedFile
from animations.ingest.normalise import to_eight_bit
from animations.ingest.sniff import sniff
from tests.ingest.sample_clips import CLEAR, GREEN, RED, animation, scenes
from tests.ingest.sample_clips import apng as apng_of
from tests.ingest.sample_clips import gif as gif_of
from tests.ingest.sample_clips import video as video_of


def test_a_gif_is_read_as_patches_with_disposals_and_delays() -> None:
    found = gif.read(gif_of((20, 16), [(0, 0, 20, 16, 0, 1, 8), (2, 3, 4, 5, 1, 2, 0), (1, 1, 2, 2, 2, 3, 7)]))
    assert (found.width, found.height) == (20, 16)
    boxes = [(step.left, step.top, step.width, step.height, step.delay_ms, step.disposal) for step in found.patches]
    assert boxes == [(0, 0, 20, 16, 80, "keep"), (2, 3, 4, 5, 100, "clear"), (1, 1, 2, 2, 70, "restore")]
    with Image.open(BytesIO(found.patches[1].file)) as still:
        assert still.size == (4, 5)


def test_an_apng_is_read_as_patches_that_blend_or_replace() -> None:
    frames = [(0, 0, 20, 16, (1, 2, 3, 255), 0, 0), (2, 3, 4, 5, CLEAR, 1, 1), (1, 1, 2, 2, CLEAR, 2, 0)]
    found = apng.read(apng_of((20, 16), frames))
    steps = [(step.left, step.width, step.delay_ms, step.blends, step.disposal) for step in found.patches]
    assert steps == [(0, 20, 80, False, "keep"), (2, 4, 80, True, "clear"), (1, 2, 80, False, "restore")]


def test_a_webp_is_read_as_patches_unless_it_stands_still() -> None:
    found = webp.read(animation(scenes(3, background=CLEAR), "WEBP", [50, 60, 70], lossless=True))
    assert (found.width, found.height, [step.delay_ms for step in found.patches]) == (64, 48, [50, 60, 70])
    with pytest.raises(ValueError, match="WebP"):
        webp.read(animation(scenes(1), "WEBP"))


def test_the_canvas_is_composed_at_each_wanted_frame() -> None:
    patches = gif.read(gif_of((20, 16), [(0, 0, 20, 16, 0, 1, 8), (0, 0, 4, 4, 1, 2, 8), (9, 9, 1, 1, 2, 1, 8)]))
    seen = [(index, image.getpixel((0, 0))) for index, image in compose(patches, [1, 2])]
    assert seen == [(1, (220, 30, 30, 255)), (2, (0, 0, 0, 0))]


def test_a_delay_of_ten_milliseconds_or_less_is_a_hundred() -> None:
    assert [browser_delay_ms(said) for said in (0, 10, 11, 33.4)] == [100, 100, 11, 33]


def test_a_videos_times_and_frames_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    video_of(path, scenes(4), times_ms=[0, 40, 140, 180])
    found = video.read(path, "mp4")
    assert (found.width, found.height, found.times_ms) == (64, 48, [0, 40, 140, 180])
    assert found.length_ms == 220
    assert [(index, image.size) for index, image in found.frames([1, 3, 9])] == [(1, (64, 48)), (3, (64, 48))]


def test_a_clip_of_any_kind_is_opened_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    for data in (animation(scenes(3), "GIF", 40), video_of(tmp_path / "a.mp4", scenes(3))):
        path.write_bytes(data)
        clip = open_clip(path, sniff(path))
        assert clip is not None
        assert (clip.size, clip.times_ms, clip.length_ms) == ((64, 48), (0, 40, 80), 120)
        assert [(index, picture.size) for index, picture in clip.frames([0, 2])] == [(0, (64, 48)), (2, (64, 48))]
    path.write_bytes(animation(scenes(1), "PNG"))
    assert open_clip(path, "png") is None
    path.write_bytes(gif_of((20, 20), [(0, 0, 20, 20, 1, 1, 4000)] * 7))
    with pytest.raises(UnsupportedFile, match="60 s"):
        open_clip(path, "gif")


def test_a_videos_kind_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    for head, kind in (
        (b"\0\0\0\x18ftypisom", "mp4"),
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1a\x45\xdf\xa3", "webm"),
        (b"\0\0\0\x18ftypheic", "heic"),
    ):
        path.write_bytes(head + bytes(20))
        assert sniff(path) == kind


def test_the_decoder_writes_a_picture_and_the_frames_that_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(animation(scenes(3, (900, 600)), "GIF", 40))
    assert write_picture(path, tmp_path / "picture.png")["clip"] == {"times_ms": (0, 40, 80), "clip_ms": 120}
    assert write_frames(path, tmp_path, [0, 2, 5]) == {"frames": [0, 2], "size": (900, 600)}
    with Image.open(tmp_path / "2.png") as frame:
        assert frame.size == (512, 341)


def test_a_crop_of_a_clips_frames_is_as_sharp_as_the_clip(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(animation(scenes(3, (900, 600)), "GIF", 40))
    write_frames(path, tmp_path, [2], (880, 12, 900, 34))
    with Image.open(tmp_path / "2.png") as frame:
        assert frame.size == (20, 22)
        assert [frame.getpixel(place) for place in ((3, 4), (4, 3), (4, 4), (19, 19), (19, 20))] == [
            GREEN, GREEN, RED, RED, GREEN
        ]  # fmt: skip


def test_pictures_of_any_mode_become_eight_bit() -> None:
    assert to_eight_bit(Image.new("P", (2, 2)), has_alpha=False).mode == "RGB"
    assert to_eight_bit(Image.new("LA", (2, 2)), has_alpha=True).mode == "RGBA"
