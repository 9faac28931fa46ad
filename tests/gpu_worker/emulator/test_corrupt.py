from __future__ import annotations

import base64
import binascii
import copy
import io
from typing import Any

import pytest
from PIL import Image

from gpu_worker.emulator.corrupt import corrupt_result
from tests.gpu_worker.sample_images import encoded


def alpha(width: int, height: int) -> str:
    return base64.b64encode(encoded(Image.new("L", (width, height), 255))).decode()


@pytest.fixture
def pack() -> dict[str, Any]:
    results = [{"alpha": alpha(8, 4)}, {"error": {"code": "bad_image", "message": ""}}, {"alpha": alpha(6, 6)}]
    return {"output": {"results": results, "model": "m", "ms": 1.0}}


def test_a_lost_result_has_nothing_in_it(pack: dict[str, Any]) -> None:
    assert corrupt_result("lost_result", pack, [0]) == {}


def test_malformed_base64_is_in_the_named_frames_alone(pack: dict[str, Any]) -> None:
    before = copy.deepcopy(pack)
    results = corrupt_result("malformed_base64", pack, [0, 1, 7])["output"]["results"]
    with pytest.raises(binascii.Error):
        base64.b64decode(results[0]["alpha"], validate=True)
    assert results[1:] == before["output"]["results"][1:]
    assert pack == before


def test_a_mask_of_the_wrong_size_is_a_picture_all_the_same(pack: dict[str, Any]) -> None:
    altered = corrupt_result("wrong_size", pack, [2])["output"]["results"]
    assert Image.open(io.BytesIO(base64.b64decode(altered[2]["alpha"]))).size == (13, 9)
    assert altered[0] == pack["output"]["results"][0]


def test_one_frames_answer_is_altered_too() -> None:
    altered = corrupt_result("wrong_size", {"output": {"alpha": alpha(2, 2), "model": "m", "ms": 1.0}}, [0])
    assert Image.open(io.BytesIO(base64.b64decode(altered["output"]["alpha"]))).size == (9, 5)


@pytest.mark.parametrize("result", [{"error": "boom"}, {"output": "text"}, {"output": {"tasks": {}}}, {}])
def test_an_answer_without_alphas_stays_as_it_is(result: dict[str, Any]) -> None:
    assert corrupt_result("malformed_base64", result, [0]) == result


def test_a_fault_of_no_content_leaves_the_answer(pack: dict[str, Any]) -> None:
    assert corrupt_result("duplicate_result", pack, [0]) == pack
