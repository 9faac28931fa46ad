from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from gpu.contract import Request, WireError, read_output
from gpu_worker.emulator import fake_worker
from tests.gpu_worker.sample_images import encoded


def pack(*contents: bytes) -> Request:
    return Request("rembg", contents)


def grey_png(width: int, height: int, grey: int = 0) -> bytes:
    return encoded(Image.new("RGB", (width, height), (grey,) * 3))


async def answer(request: Request) -> dict[str, Any]:
    return await fake_worker.handle({"id": "j1", "input": request.to_input()})


async def test_alphas_have_the_size_and_mean_grey_of_their_images() -> None:
    request = pack(grey_png(20, 10, 90), grey_png(5, 7, 200))
    output = await answer(request)
    alphas = [content for content in read_output(request, output) if isinstance(content, bytes)]
    images = [Image.open(io.BytesIO(content)) for content in alphas]
    assert [(image.size, image.mode, image.getextrema()) for image in images] == [
        ((20, 10), "L", (90, 90)),
        ((5, 7), "L", (200, 200)),
    ]


async def test_a_call_takes_the_time_that_the_environment_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_WORKER_FRAME_MS", "20")
    monkeypatch.setenv("FAKE_WORKER_CALL_MS", "50")
    started = time.perf_counter()
    output = await answer(pack(*[grey_png(4, 4)] * 5))
    assert time.perf_counter() - started >= 0.15
    assert output["ms"] == 150.0


async def test_a_request_of_one_image_gets_one_alpha() -> None:
    request = Request("sam", (grey_png(4, 6),), pack=False)
    assert len(read_output(request, await answer(request))) == 1


async def test_a_frame_fails_alone() -> None:
    request = pack(b"words", grey_png(4, 4))
    broken, sound = read_output(request, await answer(request))
    assert isinstance(broken, dict)
    assert broken["code"] == "bad_image"
    assert isinstance(sound, bytes)
    alone = await answer(Request("rembg", (b"words",), pack=False))
    assert json.loads(alone["error"])["code"] == "bad_image"


async def test_a_bad_request_is_an_error_of_the_contract() -> None:
    output = await fake_worker.handle({"id": "j1", "input": {"task": "paint"}})
    assert json.loads(output["error"])["code"] == "bad_task"
    with pytest.raises(WireError):
        read_output(pack(grey_png(2, 2)), output)


async def test_info_says_that_rembg_is_available() -> None:
    assert (await answer(Request("info")))["tasks"]["rembg"]["available"]
