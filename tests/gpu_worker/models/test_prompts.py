"""Clicks and boxes as they come over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from gpu.contract import WireError
from gpu_worker.services.prompts import ClipPrompt, Prompt, read_clip_prompts, read_model, read_prompt


def test_points_with_labels_and_a_box_are_one_prompt() -> None:
    prompt = read_prompt({"points": [[3, 4.5, 1], [7, 8, 0]], "box": [9, 8, 1, 2]})
    assert prompt == Prompt(((3.0, 4.5), (7.0, 8.0)), (1, 0), (1.0, 2.0, 9.0, 8.0))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"points": []},
        {"points": [[1, 2, 0]]},
        {"points": [[1, 2]]},
        {"points": [[1, 2, 3]]},
        {"points": [["1", 2, 1]]},
        {"points": [[True, 2, 1]]},
        {"points": [[float("nan"), 2, 1]]},
        {"points": [[10**400, 2, 1]]},
        {"points": "1,2,1"},
        {"points": [[1, 1, 1]] * 65},
        {"box": [1, 2, 3]},
        {"box": {"x": 1}},
        {"box": [0, 0, float("inf"), 4]},
    ],
)
def test_an_invalid_prompt_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        read_prompt(params)
    assert caught.value.code == "bad_params"


def test_a_box_is_clipped_to_the_image_and_a_point_must_be_in_it() -> None:
    assert Prompt((), (), (-5, -5, 900, 7)).clipped_to(20, 10) == Prompt((), (), (0, 0, 20, 7))
    assert Prompt(((20, 10),), (1,)).clipped_to(20, 10) == Prompt(((20, 10),), (1,))
    with pytest.raises(WireError, match="outside the 20×10 picture"):
        Prompt(((21, 3),), (1,)).clipped_to(20, 10)
    with pytest.raises(WireError, match="holds nothing"):
        Prompt((), (), (30, 0, 40, 9)).clipped_to(20, 10)


def test_prompts_of_a_clip_are_sorted_by_frame_and_merged_per_object() -> None:
    prompts = read_clip_prompts(
        {
            "prompts": [
                {"frame": 4, "points": [[1, 1, 1]]},
                {"frame": 0, "object": 1, "box": [0, 0, 2, 2]},
                {"frame": 4, "points": [[2, 2, 1]]},
            ]
        }
    )
    assert prompts == [
        ClipPrompt(0, 1, Prompt((), (), (0, 0, 2, 2))),
        ClipPrompt(4, 0, Prompt(((1, 1), (2, 2)), (1, 1))),
    ]


@pytest.mark.parametrize(
    "prompts",
    [
        None,
        [],
        [7],
        [{"frame": -1, "points": [[1, 1, 1]]}],
        [{"frame": 60, "points": [[1, 1, 1]]}],
        [{"frame": True, "points": [[1, 1, 1]]}],
        [{"frame": 0}],
        [{"frame": 0, "box": [0, 0, 1, 1]}] * 2,
        [{"frame": 0, "object": number, "points": [[1, 1, 1]]} for number in range(9)],
    ],
)
def test_a_clip_with_invalid_prompts_is_refused(prompts: Any) -> None:
    with pytest.raises(WireError) as caught:
        read_clip_prompts({"prompts": prompts})
    assert caught.value.code == "bad_params"


def test_a_model_is_chosen_by_name_and_the_first_by_default() -> None:
    assert read_model({}, ("model",), ("a", "b"), "it") == "a"
    assert read_model({"model": "b"}, ("model",), ("a", "b"), "it") == "b"
    for params, code in (
        ({"x": 1}, "bad_params"),
        ({"model": 3}, "bad_params"),
        ({"model": "c"}, "model_unavailable"),
    ):
        with pytest.raises(WireError) as caught:
            read_model(params, ("model",), ("a", "b"), "it")
        assert caught.value.code == code
