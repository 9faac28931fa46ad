from dataclasses import replace

import numpy as np
import pytest

from animations.encode.fitting.search import Found, Search
from animations.encode.platforms import PLATFORMS, SIZE_IS_THE_LIMIT, Prefer
from animations.encode.quality import QUALITY_SCALES
from tests.encode.images import noise, photo, played

TEAMS = PLATFORMS["teams"]
FRAMES = photo(12, 64)


def found(prefer: Prefer | None, budget: int = 14_000) -> Found:
    search = Search(FRAMES, [80] * 12, 0, replace(TEAMS, bytes_max=budget))
    made = search.run(QUALITY_SCALES["GIF"], prefer)
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
    exact = replace(PLATFORMS["slack"], bytes_max=4_500)
    frames = [np.pad(frame, ((32, 32), (32, 32), (0, 0))) for frame in FRAMES]
    made = Search(frames, [80] * 12, 0, exact).run(QUALITY_SCALES["GIF"], None)
    assert made is not None
    assert made.size == (128, 128)


@pytest.mark.parametrize("prefer", [None, "smooth", "sharp", "large"])
def test_a_budget_that_nothing_fits_is_found_out(prefer: Prefer | None) -> None:
    search = Search(noise(4, 64), [80] * 4, 0, replace(TEAMS, bytes_max=300))
    assert search.run(QUALITY_SCALES["GIF"], prefer) is None
