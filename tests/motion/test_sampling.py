"""Sampling of clips: the number, the times and the sum of their moments."""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from animations.motion.sampling import CannotSample, longest_stay, sample

TABLE: Final = json.loads((Path(__file__).parents[1] / "data" / "sampling_cases.json").read_text())
"""Cases that the browser's sampling must answer as the server's does; `form` in the file explains the fields."""
SAMPLED: Final = [case for case in TABLE["cases"] if "refused" not in case]
REFUSED: Final = [case for case in TABLE["cases"] if "refused" in case]


def begins(stays_ms: list[int]) -> list[int]:
    """Return when each picture of a clip begins, in ms."""
    return list(accumulate(stays_ms[:-1], initial=0))


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", SAMPLED, ids=named)
def test_a_clip_is_sampled_as_the_table_of_cases_says(case: dict[str, Any]) -> None:
    times, clip_ms = begins(case["stays_ms"]), sum(case["stays_ms"])
    moments = sample(times, clip_ms, case["start_ms"], case["end_ms"], case["fps"])
    assert [moment.index for moment in moments] == case["frames"]
    assert [moment.at_ms for moment in moments] == case["at_ms"]
    assert [moment.delay_ms for moment in moments] == case["delays_ms"]
    if case["end_ms"] is None:
        assert longest_stay(times, clip_ms, case["start_ms"]) == case["longest_stay_ms"]


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_a_part_that_makes_no_loop_is_refused_by_the_choice_at_fault(case: dict[str, Any]) -> None:
    with pytest.raises(CannotSample) as caught:
        sample(begins(case["stays_ms"]), sum(case["stays_ms"]), case["start_ms"], case["end_ms"], fps=case["fps"])
    assert caught.value.field == case["refused"]
    assert caught.value.message == str(caught.value)


def test_every_total_is_exact_and_every_moment_long_enough() -> None:
    random = Random(7)
    for _ in range(200):
        stays = [random.choice((5, 17, 33, 40, 41, 100, 900)) for _ in range(random.randint(2, 150))]
        start = random.randrange(0, sum(stays) // 2)
        end = min(sum(stays), start + random.randint(200, 10_000))
        fps = random.choice((None, 1, 12, 30, 50))
        try:
            moments = sample(begins(stays), sum(stays), start, end, fps)
        except CannotSample:
            continue
        delays = [moment.delay_ms for moment in moments]
        assert 2 <= len(moments) <= 60
        assert sum(delays) == end - start
        assert min(delays) >= 20
        assert [moment.index for moment in moments] == sorted({moment.index for moment in moments})
        assert moments[0].at_ms == start


def test_any_clip_of_two_pictures_or_more_makes_a_loop() -> None:
    random = Random(11)
    for _ in range(300):
        stays = [random.choice((20, 40, 100, 900, 1100, 5000, 15_000)) for _ in range(random.randint(2, 90))]
        while sum(stays) > 60_000:
            stays.pop(random.randrange(len(stays)))
        moments = sample(begins(stays), sum(stays))
        longest = longest_stay(begins(stays), sum(stays))
        assert 2 <= len(moments) <= 60
        assert sum(moment.delay_ms for moment in moments) <= 10_000
        assert longest is None or any(stay > longest for stay in stays[: moments[-1].index + 1])
