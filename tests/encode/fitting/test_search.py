import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from animations.encode.fitting.search import Found, Search
from animations.encode.fitting.similarity import Similarity
from animations.encode.platforms import PLATFORMS, SIZE_IS_THE_LIMIT, Platform, Prefer
from animations.encode.progress import Progress
from animations.encode.quality import QUALITY_SCALES, QualityScale, QualityStep
from tests.encode.images import Frame, noise, photo, played, rolling

TEAMS = PLATFORMS["teams"]
FRAMES = photo(12, 64)


def search(frames: list[Frame], budget: int, platform: Platform = TEAMS) -> Search:
    scale = QUALITY_SCALES[platform.format]
    return Search(frames, [80] * len(frames), 0, replace(platform, bytes_max=budget), scale, Progress())


def found(prefer: Prefer | None, budget: int = 14_000) -> Found:
    made = search(FRAMES, budget).run(prefer)
    assert made is not None
    assert len(made.data) <= budget
    assert sum(made.delays_ms) == 960
    return made


def test_three_ways_to_one_budget_keep_what_they_are_called_for() -> None:
    smooth, sharp, large = (found(prefer) for prefer in ("smooth", "sharp", "large"))
    assert len(smooth.delays_ms) == 12
    assert len(sharp.delays_ms) < 12
    assert large.size == (64, 64)
    colours = [len(np.unique(played(made.data)[0][0].reshape(-1, 4), axis=0)) for made in (smooth, sharp)]
    assert colours[1] > colours[0]


def test_what_is_given_up_is_said_with_the_limit_that_asks_for_it() -> None:
    made = found("sharp")
    assert made.given_up[0] == f"the file size is the limit: {len(made.data) / 1000:.1f} of 14 kB"
    assert made.given_up[0].startswith(SIZE_IS_THE_LIMIT)
    assert made.given_up[1] == f"{len(made.delays_ms)} of 12 frames kept, in the same time"
    assert found(None, 10_000_000).given_up == []


def test_pixels_go_last_and_only_where_the_platform_takes_a_smaller_picture() -> None:
    small = found("smooth", 6_000)
    assert small.size < (64, 64)
    assert f"{small.size[0]}×{small.size[1]} instead of 64×64 pixels" in small.given_up
    shown, _, _ = played(small.data)
    assert shown[0].shape[:2] == small.size[::-1]
    frames = [np.pad(frame, ((32, 32), (32, 32), (0, 0))) for frame in FRAMES]
    made = search(frames, 4_500, PLATFORMS["slack"]).run(None)
    assert made is not None
    assert made.size == (128, 128)


@pytest.mark.parametrize(("budget", "asked"), [(17_000, [(4, 8), (24, 8)]), (2_500, [(4, 8), (24, 46)])])
def test_a_video_is_not_encoded_whole_at_its_finest_where_a_few_frames_exceed_the_budget(
    budget: int, asked: list[tuple[int, int]]
) -> None:
    seen = []

    def encode(step: int, frames: Sequence[Frame], *_: object, **__: object) -> bytes:
        seen.append((len(frames), step))
        return bytes(round(1000 * len(frames) * math.exp(-0.05 * step)))

    steps = tuple(QualityStep(f"quality {60 - step}", partial(encode, step)) for step in range(60))
    scale = QualityScale(steps, steps[8], 8, (50, 55, 59), 0.05, frames_are_apart=False)
    platform = replace(TEAMS, bytes_max=budget)
    assert Search(rolling(24, 16), [80] * 24, 0, platform, scale, Progress()).run("smooth")
    assert seen == asked


@pytest.mark.parametrize("prefer", [None, "smooth", "sharp", "large"])
def test_a_budget_that_nothing_fits_is_found_out(prefer: Prefer | None) -> None:
    assert search(noise(4, 64), 300).run(prefer) is None


def test_the_least_harm_is_measured_on_the_animation_itself() -> None:
    random = np.random.default_rng(1)
    grain = [random.integers(-9, 10, frame.shape).astype(np.int16) for frame in FRAMES]
    still = [np.clip(FRAMES[0] + each, 0, 255).astype(np.uint8) for each in grain]
    moving, resting = (search(frames, 9_000).run(None) for frames in (FRAMES, still))
    assert moving is not None
    assert resting is not None
    assert len(moving.delays_ms) >= 9, "where much moves, quality goes first"
    assert len(resting.delays_ms) <= 6, "where little moves, frames go first"


def test_no_way_that_was_tried_looks_more_like_the_source() -> None:
    similarity = Similarity(FRAMES, [80] * 12)
    best, *others = (similarity.of_file(found(prefer, 9_000).data) for prefer in (None, "smooth", "sharp", "large"))
    assert best >= max(others)


def test_a_few_frames_say_where_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    looking = search(photo(30, 64), 60_000)
    encode = looking._encode

    def counted(kept: Sequence[int], *rest: Any) -> bytes:
        asked.append(len(kept))
        return encode(kept, *rest)

    monkeypatch.setattr(looking, "_encode", counted)
    assert looking.run(None) is not None
    assert asked[0] == 5
    assert len(asked) <= 4
