import io
import json
import zipfile
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest
from PIL import Image

from animations.encode.containers import png_zip
from animations.encode.containers.gif import encoder as gif
from animations.encode.containers.webm import codec as webm
from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS, ExportOptions, with_options
from animations.encode.verify import Report, verify
from tests.encode import soft_art
from tests.encode.images import Frame, ball, on, photo, rolling


def pillow_file(kind: str, count: int = 6, side: int = 128, **options: object) -> bytes:
    """Write an animation with Pillow, so that the report is not judged by our own encoders."""
    first, *rest = [Image.fromarray(frame) for frame in rolling(count, side)]
    file = io.BytesIO()
    settings = {"duration": 100, "loop": 0, "disposal": 2} | options
    if kind == "WEBP":
        settings.pop("disposal")
    first.save(file, kind, save_all=True, append_images=rest, **settings)
    return file.getvalue()


def broken(report: Report) -> list[str]:
    return [check.rule for check in report.checks if not check.ok]


def test_a_good_slack_emoji_is_measured_rule_by_rule() -> None:
    data = pillow_file("GIF")
    report = verify(data, PLATFORMS["slack"])
    assert report.ok
    assert [(check.rule, check.limit, check.actual) for check in report.checks] == [
        ("format", "GIF", "GIF"),
        ("pixels", "128×128", "128×128"),
        ("bytes", 128_000, len(data)),
        ("frames", 50, 6),
        ("loops", "for ever", "for ever"),
        ("visible", "every frame", "every frame"),
    ]
    assert (report.format, report.width, report.height, report.frames) == ("GIF", 128, 128, 6)
    assert (report.duration_ms, report.loops) == (600, 0)


def test_checks_are_ready_for_json() -> None:
    checks = [asdict(check) for check in verify(pillow_file("GIF"), PLATFORMS["slack"]).checks]
    assert json.loads(json.dumps(checks)) == checks
    assert set(checks[0]) == {"rule", "limit", "actual", "ok"}


@pytest.mark.parametrize(
    ("kind", "options", "slug", "wrong"),
    [
        ("GIF", {"side": 127}, "slack", ["pixels"]),
        ("GIF", {"count": 51}, "slack", ["frames"]),
        ("GIF", {"loop": 3}, "slack", ["loops"]),
        ("WEBP", {}, "slack", ["format"]),
        ("PNG", {"side": 320, "count": 9, "duration": 600}, "discord_sticker", ["duration_ms"]),
        ("WEBP", {"side": 512, "duration": 5}, "whatsapp", ["delay_ms"]),
        ("PNG", {"side": 180, "count": 5, "duration": 200, "loop": 1}, "line_emoji", []),
        ("PNG", {"side": 180, "count": 5, "duration": 200, "loop": 0}, "line_emoji", ["loops"]),
        ("PNG", {"side": 180, "count": 4, "duration": 250, "loop": 4}, "line_emoji", ["frames"]),
        ("PNG", {"side": 180, "count": 5, "duration": 220, "loop": 1}, "line_emoji", ["duration_ms"]),
        ("PNG", {"side": 270, "count": 10, "duration": 200, "loop": 3}, "line_sticker", ["duration_ms"]),
    ],
)
def test_each_broken_rule_is_named(kind: str, options: dict[str, object], slug: str, wrong: list[str]) -> None:
    report = verify(pillow_file(kind, **options), PLATFORMS[slug])  # type: ignore[arg-type]
    assert broken(report) == wrong
    assert report.ok is not bool(wrong)


def test_a_byte_too_many_is_seen_and_not_one_less() -> None:
    data = pillow_file("GIF")
    assert verify(data, replace(PLATFORMS["slack"], bytes_max=len(data))).ok
    assert broken(verify(data, replace(PLATFORMS["slack"], bytes_max=len(data) - 1))) == ["bytes"]


def test_a_gif_that_states_no_loop_plays_once() -> None:
    data = pillow_file("GIF")
    start = data.index(b"NETSCAPE2.0") - 3
    report = verify(data[:start] + data[start + 19 :], with_options(PLATFORMS["gif"], ExportOptions()))
    assert (report.loops, broken(report)) == (1, ["loops"])


@pytest.mark.parametrize("kind", ["GIF", "APNG", "WebP"])
@pytest.mark.parametrize("loops", [0, 1, 3])
def test_a_file_plays_as_often_as_was_asked(kind: str, loops: int) -> None:
    options = ExportOptions(loops=loops)
    platform = with_options(PLATFORMS[kind.lower()], options)
    report = verify(fit(rolling(3), [80] * 3, platform, options=options).data, platform)
    assert (report.ok, report.loops) == (True, loops)


def test_frames_that_are_missing_or_wrong_in_a_zip_are_seen() -> None:
    data = png_zip.encode(rolling(3, 32), [80] * 3)
    assert verify(data, PLATFORMS["png_zip"]).ok
    for wrong in (data[:-40], data.replace(b"frames/002", b"frames/001"), b"PK\x03\x04"):
        assert verify(wrong, PLATFORMS["png_zip"]).checks[0].actual == "cannot be read"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["frames/002.png"] = parts["frames/001.png"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert not verify(file.getvalue(), PLATFORMS["png_zip"]).ok


def test_a_video_that_is_too_quick_for_telegram_is_seen() -> None:
    quick = webm.encode(rolling(4, 100), [20] * 4, crf=50)
    assert broken(verify(quick, PLATFORMS["telegram_emoji"])) == ["fps"]
    report = verify(webm.encode(rolling(4, 100), [34, 33, 33, 34], crf=50), PLATFORMS["telegram_emoji"])
    assert report.ok, report.checks


def test_a_picture_on_another_ground_than_white_is_seen() -> None:
    frames = [np.full((360, 360, 4), level, np.uint8) for level in (255, 200)]
    for frame in frames:
        frame[..., 3] = 255
        frame[90:270, 90:270, 1] = 40
    white, grey = (gif.encode([frame], [80], 256) for frame in frames)
    assert verify(white, PLATFORMS["kakao"]).ok
    assert broken(verify(grey, PLATFORMS["kakao"])) == ["background"]


def blank_file(kind: str, blank: list[int], alpha: int = 0) -> bytes:
    """Write an animation with Pillow in which the frames `blank` are of one colour, `alpha` opaque."""
    frames = rolling(6, 128)
    for index in blank:
        frames[index] = np.full_like(frames[index], (90, 20, 20, alpha))
    first, *rest = map(Image.fromarray, frames)
    file, extra = io.BytesIO(), {} if kind == "WEBP" else {"disposal": 2}
    first.save(file, kind, save_all=True, append_images=rest, duration=100, loop=0, **extra)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "slug"), [("GIF", "slack"), ("PNG", "apng"), ("WEBP", "webp")])
def test_a_file_in_which_a_frame_shows_nothing_is_not_ok(kind: str, slug: str) -> None:
    report = verify(blank_file(kind, [1, 4]), PLATFORMS[slug])
    assert broken(report) == ["visible"]
    assert report.checks[-1].actual == "nothing shows in frames 2 and 5"


def test_a_frame_that_shows_faintly_shows_something() -> None:
    assert verify(blank_file("PNG", [1], alpha=20), PLATFORMS["apng"]).ok
    assert broken(verify(blank_file("PNG", [1], alpha=5), PLATFORMS["apng"])) == ["visible"]


@pytest.mark.parametrize("slug", ["slack", "discord_emoji", "whatsapp", "gif", "apng", "webp"])
def test_a_picture_that_stands_still_keeps_every_rule(slug: str) -> None:
    report = verify(fit(rolling(1, 128), [80], PLATFORMS[slug]).data, PLATFORMS[slug])
    assert report.ok, report.checks
    assert report.frames == 1


def test_a_still_png_is_no_apng() -> None:
    file = io.BytesIO()
    Image.fromarray(rolling(1)[0]).save(file, "PNG")
    report = verify(file.getvalue(), PLATFORMS["apng"])
    assert (report.format, report.frames) == ("PNG", 1)
    assert "format" in broken(report)


def test_a_white_ground_is_looked_for_where_it_is_asked() -> None:
    framed = photo(1, 360)[0]
    framed[:4] = framed[-4:] = framed[:, :4] = framed[:, -4:] = 255
    for frame, wrong in ((framed, []), (photo(1, 360)[0], ["background"]), (rolling(1, 360)[0], ["background"])):
        file = io.BytesIO()
        Image.fromarray(np.asarray(frame)).save(file, "GIF", loop=0)
        assert broken(verify(file.getvalue(), PLATFORMS["kakao"])) == wrong


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"not a picture at all", pillow_file("GIF")[:900]])
def test_a_file_that_cannot_be_read_is_reported_and_not_raised(data: bytes) -> None:
    report = verify(data, PLATFORMS["slack"])
    assert not report.ok
    assert report.checks[0].actual in {"cannot be read", "GIF"}


def dots(side: int, size: int, count: int = 2) -> Frame:
    """Draw `count` solid round dots, `size` px across, on nothing, from one corner to the one across."""
    frame = np.zeros((side, side, 4), np.uint8)
    for at in np.linspace(size, side - size, count).astype(int).tolist():
        cv2.circle(frame, (at, at), size // 2, (200, 40, 40, 255), -1, cv2.LINE_AA)
    return frame


def said_of_size(slug: str, *frames: Frame) -> tuple[str, ...]:
    platform = PLATFORMS[slug]
    return verify(fit(frames, [80] * len(frames), platform).data, platform).notes


@pytest.mark.parametrize("slug", ["slack", "kakao", "webp"])
def test_a_subject_that_is_hard_to_make_out_is_measured_on_the_file_and_said(slug: str) -> None:
    assert said_of_size(slug, ball(128, 0, 9)) == ("small: what shows fills less than 5 % of the picture",)
    assert said_of_size(slug, ball(128, 0, 20)) == ()


@pytest.mark.parametrize("count", [1, 2])
def test_dots_on_a_large_canvas_are_said_to_hardly_show(count: int) -> None:
    words = ("hardly anything shows: less than 0.2 % of the picture can be seen",)
    assert said_of_size("slack", dots(1000, 14, count)) == said_of_size("webp", dots(1000, 14, count)) == words


def test_sparks_and_a_thin_line_across_are_not_said_to_hardly_show() -> None:
    line = np.zeros((512, 512, 4), np.uint8)
    cv2.line(line, (20, 490), (490, 20), (0, 0, 0, 255), 2)
    for art in (dots(512, 8, 16), line, soft_art.confetti()):
        assert said_of_size("slack", art) == said_of_size("webp", art) == ()


def test_the_fullest_frame_says_how_much_shows() -> None:
    assert said_of_size("slack", dots(128, 4), ball(128, 0), dots(128, 5)) == ()


def test_a_frame_that_melts_into_a_white_ground_is_said_and_a_file_of_nothing_else_is_refused() -> None:
    white = ball(360, 0)
    white[..., :3] = 255
    frames = [put_on_white(ball(360, 0)), put_on_white(white)]
    for shown, ok in ((frames, True), (frames[1:], False)):
        visible = verify(gif.encode(shown, [80] * len(shown), 256), PLATFORMS["kakao"]).checks[-1]
        assert (visible.actual, visible.ok) == (f"nothing shows in frame {len(shown)}", ok)


def put_on_white(frame: Frame) -> Frame:
    return np.dstack([on(frame, 255).round(), np.full(frame.shape[:2], 255)]).astype(np.uint8)
