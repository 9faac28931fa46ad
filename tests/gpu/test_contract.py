from __future__ import annotations

import base64
from typing import Any

import pytest

from gpu.contract import MAX_IMAGES, Request, WireError, prompt_frames, read_output, read_request

PICTURE = base64.b64encode(b"picture").decode()


@pytest.mark.parametrize(
    "matte_request",
    [
        Request("rembg", (b"a", b"b"), {"model": "isnet"}),
        Request("sam", (b"a",), {"points": [[1, 2, 1]]}, pack=False),
        Request("info"),
        Request("sam_clip", (b"a", b"b"), {"prompts": [{"frame": 1, "points": [[1, 2, 1]]}]}),
    ],
)
def test_a_request_reads_back_as_it_was_sent(matte_request: Request) -> None:
    assert read_request(matte_request.to_input()) == matte_request


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("text", "bad_params"),
        ({"task": "dance"}, "bad_task"),
        ({"task": ["rembg"]}, "bad_task"),
        ({"task": "rembg", "params": 3}, "bad_params"),
        ({"task": "rembg"}, "bad_params"),
        ({"task": "rembg", "image": PICTURE, "images": [PICTURE]}, "bad_params"),
        ({"task": "rembg", "images": []}, "bad_params"),
        ({"task": "rembg", "images": [PICTURE] * (MAX_IMAGES + 1)}, "too_large"),
        ({"task": "rembg", "image": ""}, "bad_image"),
        ({"task": "rembg", "image": "é" * 8}, "bad_image"),
        ({"task": "sam_clip", "images": [PICTURE]}, "bad_params"),
        ({"task": "sam_clip", "images": [PICTURE], "params": {"prompts": [{"frame": 1}]}}, "bad_params"),
        ({"task": "rembg", "image": "a picture"}, "bad_image"),
    ],
)
def test_a_request_off_the_wire_is_named(raw: object, code: str) -> None:
    with pytest.raises(WireError) as caught:
        read_request(raw)
    assert caught.value.as_dict() == {"code": code, "message": caught.value.message}


def test_prompts_are_about_the_frames_they_name_and_the_first_else() -> None:
    assert prompt_frames({"prompts": [{"frame": 2}, {}, {"frame": 0}]}, 3) == [2, 0, 0]


@pytest.mark.parametrize("frame", [3, -1, True, 1.0, None, "0"])
def test_a_prompt_on_no_frame_of_the_clip_is_refused(frame: object) -> None:
    with pytest.raises(WireError, match="from 0 to 2") as caught:
        prompt_frames({"prompts": [{"frame": 0}, {"frame": frame}]}, 3)
    assert caught.value.code == "bad_params"


@pytest.mark.parametrize("prompts", [None, {}, [], [3]])
def test_prompts_that_are_no_list_of_objects_are_refused(prompts: object) -> None:
    with pytest.raises(WireError) as caught:
        prompt_frames({"prompts": prompts}, 3)
    assert caught.value.code == "bad_params"


def test_an_answer_to_one_image_is_one_matte() -> None:
    assert read_output(Request("rembg", (b"a",), pack=False), {"alpha": PICTURE, "model": "m", "ms": 1}) == [
        b"picture"
    ]


def test_an_answer_to_a_pack_has_a_matte_or_an_error_for_each() -> None:
    raw: dict[str, Any] = {"results": [{"error": {"code": "bad_image", "message": "no"}}, {"alpha": PICTURE}]}
    assert read_output(Request("rembg", (b"a", b"b")), raw) == [{"code": "bad_image", "message": "no"}, b"picture"]


@pytest.mark.parametrize("raw", [None, {}, {"results": [{"alpha": PICTURE}]}, {"results": [{}, {}]}])
def test_an_answer_off_the_wire_is_refused(raw: object) -> None:
    with pytest.raises(WireError):
        read_output(Request("rembg", (b"a", b"b")), raw)
