"""Test that the new page counts the frames of a clip's range as the server does, on the same table of cases."""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from animations.motion import sampling
from animations.web.views import CLIP_RULES

pytestmark = [pytest.mark.browser]
CASES: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "sampling_cases.json").read_text()
)["cases"]
"""The server is tested with the same cases; `form` in the file explains the fields."""
SAMPLED: Final = [case for case in CASES if "refused" not in case]
ONE_PICTURE: Final = [case for case in CASES if "one picture" in case["name"]]
SAMPLE: Final = """async ([clips, limits]) => {
  const { sampleClip } = await import("/js/clips/sampling.js");
  return clips.map(({ clip, range }) => sampleClip(clip, range, limits));
}"""


def samples_in_browser(page: Page, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    clips = [
        {
            "clip": {
                "times": list(accumulate(case["stays_ms"][:-1], initial=0)),
                "duration": sum(case["stays_ms"]),
                "frames": len(case["stays_ms"]),
            },
            "range": {"start": case["start_ms"], "end": case["end_ms"], "fps": case["fps"], "most": 60},
        }
        for case in cases
    ]
    samples: list[dict[str, Any]] = page.evaluate(SAMPLE, [clips, CLIP_RULES["limits"]])
    return samples


def test_the_browser_samples_as_the_table_of_cases_says(script_page: Page) -> None:
    for case, sample in zip(SAMPLED, samples_in_browser(script_page, SAMPLED), strict=True):
        counted = (sample["frames"], sample["length"], sample["longest"])
        assert counted == (len(case["frames"]), sum(case["delays_ms"]), case["longest_stay_ms"]), case["name"]
        assert case["at_ms"][-1] < sample["until"] <= sum(case["stays_ms"]), case["name"]


def test_a_range_of_one_picture_makes_no_loop_in_the_browser_either(script_page: Page) -> None:
    assert ONE_PICTURE
    for case, sample in zip(ONE_PICTURE, samples_in_browser(script_page, ONE_PICTURE), strict=True):
        assert sample["frames"] < sampling.MIN_FRAMES, case["name"]
