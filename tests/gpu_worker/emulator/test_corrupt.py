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


def test_a_lost_result_is_empty(pack: dict[str, Any]) -> None:
    assert corrupt_result("lost_result", pack, [0]) == {}


def test_only_the_named_frames_get_malformed_base64(pack: dict[str, Any]) -> None:
    before = copy.deepcopy(pack)
    results = corrupt_result("malformed_base64", pack, [0, 1, 7])["output"]["results"]
    with pytest.raises(binascii.Error):
        base64.b64decode(results[0]["alpha"], validate=True)
    assert results[1:] == before["output"]["results"][1:]
    assert pack == before


def test_a_mask_of_the_wrong_size_is_a_valid_image(pack: dict[str, Any]) -> None:
    altered = corrupt_result("wrong_size", pack, [2])["output"]["results"]
    assert Image.open(io.BytesIO(base64.b64decode(altered[2]["alpha"]))).size == (13, 9)
    assert altered[0] == pack["output"]["results"][0]


def test_the_result_of_one_frame_is_corrupted_too() -> None:
    altered = corrupt_result("wrong_size", {"output": {"alpha": alpha(2, 2), "model": "m", "ms": 1.0}}, [0])
    assert Image.open(io.BytesIO(base64.b64decode(altered["output"]["alpha"]))).size == (9, 5)


@pytest.mark.parametrize("result", [{"error": "boom"}, {"output": "text"}, {"output": {"tasks": {}}}, {}])
def test_a_result_without_alphas_is_unchanged(result: dict[str, Any]) -> None:
    assert corrupt_result("malformed_base64", result, [0]) == result


def test_a_fault_of_another_kind_leaves_the_result_unchanged(pack: dict[str, Any]) -> None:
    assert corrupt_result("duplicate_result", pack, [0]) == pack
