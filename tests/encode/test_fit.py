import io
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from animations.encode.containers.webm.client import CLIENT
from animations.encode.fit import CannotFit, Fitted, fit
from animations.encode.platforms import PLATFORMS
from animations.encode.verify import verify
from tests.encode import soft_art
from tests.encode.images import (
    Frame,
    ball,
    corners_alpha,
    noise,
    photo,
    played,
    psnr_inside,
    read_by_ffmpeg,
    rolling,
)


def test_a_size_of_the_platform_s_own_is_said() -> None:
    made = fit(rolling(4, 160), [80] * 4, PLATFORMS["slack"])
    assert (made.width, made.height, made.frames, made.duration_ms) == (128, 128, 4, 320)
    assert made.steps == ("scaled from 160×160 to 128×128",)


@pytest.mark.parametrize("slug", ["gif", "apng", "webp"])
def test_a_plain_file_looks_like_its_frames(slug: str) -> None:
    frames = rolling(5, 128)
    shown, _, _ = played(fit(frames, [50] * 5, PLATFORMS[slug]).data)
    least = {"gif": 27, "apng": 36, "webp": 30}[slug]
    assert min(psnr_inside(frame, seen) for frame, seen in zip(frames, shown, strict=True)) > least


@pytest.mark.parametrize("slug", ["slack", "gif", "apng"])
def test_frames_may_be_decoded_on_the_way(slug: str) -> None:
    frames = rolling(6, 256)
    lazily = (frame.copy() for frame in frames)
    assert fit(lazily, [50] * 6, PLATFORMS[slug]) == fit(frames, [50] * 6, PLATFORMS[slug])


@pytest.mark.parametrize(("slug", "draw"), [("slack", noise), ("slack", photo), ("discord_emoji", noise)])
def test_the_hardest_input_still_keeps_every_rule_and_its_time(slug: str, draw: Callable[[int], list[Frame]]) -> None:
    made = fit(draw(60), [41] * 60, PLATFORMS[slug])
    report = verify(made.data, PLATFORMS[slug])
    assert report.ok, report.checks
    assert (report.frames, report.duration_ms) == (made.frames, made.duration_ms)
    assert abs(report.duration_ms - 41 * 60) <= 10
    assert 8 <= report.frames <= 50
    assert any("frames kept" in step for step in made.steps)
    assert any("instead of 255 colours" in step for step in made.steps)


def test_colours_are_given_up_before_frames() -> None:
    tight = replace(PLATFORMS["slack"], bytes_max=12_000)
    made = fit(rolling(12, 128), [80] * 12, tight)
    assert len(made.data) <= 12_000
    assert made.frames == 12
    assert made.steps[-1].endswith("colours instead of 255 colours")


def test_a_budget_is_used_well() -> None:
    budget = 40_000
    made = fit(photo(6), [80] * 6, replace(PLATFORMS["slack"], bytes_max=budget))
    assert budget * 0.75 <= len(made.data) <= budget


def test_sixty_frames_become_the_fifty_that_slack_shows_in_the_same_time() -> None:
    made = fit(rolling(60, 64), [50] * 60, PLATFORMS["slack"])
    assert made.frames <= 50
    assert made.duration_ms == 3000
    assert "50 of 60 frames kept, in the same time: the platform's most" in made.steps


def test_equal_neighbours_are_merged_where_no_least_number_of_frames_is_asked() -> None:
    still, moved = ball(64, 0), ball(64, 0.25)
    made = fit([still, still, moved, moved], [50] * 4, PLATFORMS["gif"])
    assert (made.frames, made.duration_ms) == (2, 200)
    kept = fit([still, still, moved, moved], [50] * 4, replace(PLATFORMS["gif"], frames_min=4))
    assert (kept.frames, kept.duration_ms) == (4, 200)


def test_a_picture_that_stands_still_is_one_frame() -> None:
    made = fit([ball(64, 0)] * 5, [80] * 5, PLATFORMS["webp"])
    assert (made.frames, made.duration_ms) == (1, 400)
    assert made.steps == ("stands still: only one picture is left that differs",)


@pytest.mark.parametrize("slug", ["gif", "apng", "webp"])
def test_one_frame_is_a_file_too(slug: str) -> None:
    made = fit([ball(128, 0)], [80], PLATFORMS[slug])
    with Image.open(io.BytesIO(made.data)) as image:
        assert (image.size, getattr(image, "n_frames", 1)) == ((128, 128), 1)
        assert corners_alpha(np.array(image.convert("RGBA"))) == [0, 0, 0, 0]


def test_the_loss_of_a_glow_in_a_gif_is_said_and_measured() -> None:
    glow = ball(128, 0, 40)
    glow[..., 3] //= 2
    assert fit([glow], [80], PLATFORMS["slack"]).steps == (
        "GIF has no half transparency: soft parts are made solid (91 % of what shows)",
    )
    assert fit([glow], [80], PLATFORMS["webp"]).steps == ()


@pytest.mark.parametrize("slug", ["slack", "apng", "webp"])
@pytest.mark.parametrize("name", ["ghost", "ghost-clip", "fade", "glow", "watercolour", "confetti"])
def test_soft_art_shows_in_every_frame_for_every_decoder(slug: str, name: str) -> None:
    draw = {"fade": lambda: soft_art.fade(soft_art.case("shadow.png")[0], 6)}
    draw |= {"ghost": lambda: soft_art.case("ghost.png"), "ghost-clip": lambda: soft_art.case("ghost-clip.png")}
    frames = draw[name]() if name in draw else [getattr(soft_art, name)()]
    made = fit(frames, [80] * len(frames), PLATFORMS[slug])
    report = verify(made.data, PLATFORMS[slug])
    assert report.ok, report.checks
    shown, _, _ = played(made.data)
    if slug != "webp" and len(frames) > 1:  # PyAV's FFmpeg reads no animated WebP
        shown += read_by_ffmpeg(made.data)
    assert all((frame[..., 3] >= 8).mean() > 0.02 for frame in shown)


@pytest.mark.parametrize("slug", ["gif", "webp"])
def test_an_empty_frame_is_left_out_and_named(slug: str) -> None:
    frames = rolling(6, 128)
    frames[0][:] = frames[3][:] = 0
    made = fit(frames, [80] * 6, PLATFORMS[slug])
    assert (made.frames, made.duration_ms) == (4, 480)
    assert "nothing shows in frames 1 and 4: left out, the frame before stays on" in made.steps
    assert verify(made.data, PLATFORMS[slug]).ok


@pytest.mark.parametrize("slug", ["gif", "webp"])
def test_a_blink_of_two_frames_stands_still_and_says_why(slug: str) -> None:
    made = fit([ball(128, 0), np.zeros((128, 128, 4), np.uint8)], [200, 300], PLATFORMS[slug])
    assert (made.frames, made.duration_ms) == (1, 500)
    assert "nothing shows in frame 2: left out, the frame before stays on" in made.steps
    assert made.steps[-1].startswith("stands still")
    assert verify(made.data, PLATFORMS[slug]).ok


def test_a_shadow_that_alone_moves_leaves_a_gif_that_stands_still_and_says_so() -> None:
    subject = soft_art.disc(128, 64, 50, 30)
    frames = [soft_art.over(soft_art.disc(128, 64, 100, radius, alpha=70), subject) for radius in (10, 14, 18)]
    assert fit(frames, [80] * 3, PLATFORMS["slack"]).steps[-1].startswith("stands still")
    assert fit(frames, [80] * 3, PLATFORMS["webp"]).steps == ()


def test_frames_that_all_show_nothing_are_no_file() -> None:
    with pytest.raises(CannotFit, match="Nothing shows in any frame"):
        fit([np.zeros((64, 64, 4), np.uint8)] * 3, [80] * 3, PLATFORMS["webp"])


def test_the_input_is_left_as_it_was() -> None:
    frames = rolling(3, 64)
    before = [frame.copy() for frame in frames]
    fit(frames, [50] * 3, PLATFORMS["slack"])
    assert all(np.array_equal(a, b) for a, b in zip(frames, before, strict=True))


def test_an_animation_that_cannot_fit_is_refused_with_the_reason() -> None:
    with pytest.raises(CannotFit, match="LINE emoji takes no frames that are all alike"):
        fit([ball(64, 0)] * 8, [50] * 8, PLATFORMS["line_emoji"])
    with pytest.raises(CannotFit, match="no frames"):
        fit([], [], PLATFORMS["gif"])
    with pytest.raises(CannotFit, match="one delay for each"):
        fit(rolling(3), [50] * 2, PLATFORMS["gif"])
    with pytest.raises(CannotFit, match="more than 2000 bytes even with 2 frames"):
        fit(noise(8), [50] * 8, replace(PLATFORMS["slack"], bytes_max=2000))


MEMORY_SIDE = 128
FRAME_BYTES = MEMORY_SIDE * MEMORY_SIDE * 4
"""Sixty frames of 512 px weigh 63 MB, and a worker has no room for them twice."""


def fit_traced(slug: str, count: int) -> tuple[Fitted, int]:
    """Fit `count` frames that are decoded on the way, and return the file and the peak in bytes meanwhile."""
    frames = noise(count, MEMORY_SIDE)
    tracemalloc.start()
    try:
        made = fit((frame.copy() for frame in frames), [40] * count, PLATFORMS[slug])
        return made, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("slug", ["gif", "apng", "webp"])
def test_a_frame_more_costs_its_own_weight_and_that_of_its_file(slug: str) -> None:
    (few, low), (many, high) = fit_traced(slug, 12), fit_traced(slug, 60)
    of_the_file = 2 * (len(many.data) - len(few.data))
    assert high - low <= 1.2 * 48 * FRAME_BYTES + of_the_file


def test_a_video_that_cannot_be_encoded_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    CLIENT.stop()
    monkeypatch.setattr("animations.encode.containers.webm.client.SECONDS", 0.001)
    for slug in ("webm", "telegram_emoji"):
        with pytest.raises(CannotFit, match="the video could not be encoded"):
            fit(rolling(2), [80] * 2, PLATFORMS[slug])
