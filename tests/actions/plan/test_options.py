"""The options of a generation: the columns that they set, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from animations.actions.errors import ActionError
from animations.actions.plan.options import GenerateOptions
from animations.models import Project


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({}, {}),
        ({"preset": "bounce", "prompt": "bounce", "generator": "clip"}, {}),
        ({"clip_start_ms": 5, "clip_fps": None, "size": 64}, {"clip_start_ms": 5, "clip_fps": None, "size": 64}),
        ({"clip_end_ms": None}, {"clip_end_ms": None}),
    ],
)
def test_options_set_the_columns_that_they_name(options: dict[str, Any], columns: dict[str, Any]) -> None:
    assert GenerateOptions(**options).columns() == columns


def test_plain_options_are_columns_of_the_same_name() -> None:
    plain = {"name": "Ember", "frame_count": 60, "frame_ms": 20, "size": 512, "candidates": 4, "matte": "white"}
    options: Any = plain
    assert GenerateOptions(**options).columns() == plain


@pytest.mark.parametrize("name", Project.LIMITS)
def test_numbers_out_of_bounds_are_refused_by_name(name: str) -> None:
    least, most = Project.LIMITS[name]
    for value in (least - 1, most + 1):
        options: Any = {name: value}
        with pytest.raises(ActionError, match=f"from {least} to {most}") as refused:
            GenerateOptions(**options).check()
        assert refused.value.attr == name
    least_options: Any = {name: least}
    GenerateOptions(**least_options).check()


@pytest.mark.parametrize(
    ("options", "attr", "code"),
    [
        ({"matte": "magic"}, "matte", "invalid_choice"),
        ({"framing": "magic"}, "framing", "invalid_choice"),
        ({"generator": "magic"}, "generator", "invalid_choice"),
        ({"generator": "video"}, "generator", "unavailable"),
        ({"clip_fps": 51}, "clip_fps", "invalid"),
        ({"clip_start_ms": 2, "clip_end_ms": 1}, "clip_end_ms", "invalid"),
        ({"clip_start_ms": 0, "clip_end_ms": 10_001}, "clip_end_ms", "invalid"),
    ],
)
def test_an_option_that_does_not_exist_is_refused_by_name(options: dict[str, Any], attr: str, code: str) -> None:
    with pytest.raises(ActionError) as refused:
        GenerateOptions(**options).check()
    assert (refused.value.attr, refused.value.code) == (attr, code)
