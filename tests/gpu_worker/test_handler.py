from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu.contract import Request, WireError
from gpu_worker import handler as handler_module
from gpu_worker.handler import Handler, load_services, matte_frame
from gpu_worker.services.absent import AbsentService
from gpu_worker.services.face import Alpha
from tests.gpu_worker.drawings import encoded

DOT = encoded(Image.new("RGB", (6, 4), (200, 200, 200)))
BLACK = encoded(Image.new("RGB", (6, 4), (0, 0, 0)))


class Brightness:
    """A service whose alpha is the red channel, and which fails on black."""

    models = ("brightness",)

    def unavailable(self) -> None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        if "zoom" in params:
            raise WireError("bad_params", "no zoom here")
        return "brightness"

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        alphas = [np.asarray(image)[..., 0] for image in images]
        if not alphas[0].any():
            raise RuntimeError("the device caught fire")
        return alphas


@pytest.fixture
def handler() -> Handler:
    return Handler({"rembg": Brightness(), "sam": AbsentService("not in this test")})


async def ask(handler: Handler, job_input: object) -> dict[str, Any]:
    return await handler.handle({"id": "job-1", "input": job_input})


async def refusal(handler: Handler, job_input: object) -> dict[str, str]:
    output = await ask(handler, job_input)
    assert set(output) == {"error"}
    error: dict[str, str] = json.loads(output["error"])
    assert "Traceback" not in output["error"]
    return error


async def test_one_frame_gets_an_alpha_of_its_own_size(handler: Handler) -> None:
    output = await ask(handler, Request("rembg", (DOT,), pack=False).to_input())
    assert set(output) == {"alpha", "model", "ms"}
    assert output["model"] == "brightness"
    alpha = Image.open(io.BytesIO(base64.b64decode(output["alpha"])))
    assert alpha.size == (6, 4)
    assert alpha.getpixel((0, 0)) == 200


async def test_a_pack_answers_frame_by_frame_and_a_frame_fails_alone(handler: Handler) -> None:
    output = await ask(handler, Request("rembg", (DOT, b"broken", BLACK, DOT)).to_input())
    results = output["results"]
    assert [list(result) for result in results] == [["alpha"], ["error"], ["error"], ["alpha"]]
    assert results[1]["error"]["code"] == "bad_image"
    assert results[2]["error"] == {"code": "internal", "message": "the model failed on this frame"}


async def test_one_broken_frame_is_the_jobs_error(handler: Handler) -> None:
    assert (await refusal(handler, Request("rembg", (b"broken",), pack=False).to_input()))["code"] == "bad_image"


@pytest.mark.parametrize(
    ("job_input", "code"),
    [
        (None, "bad_params"),
        ({"task": "paint"}, "bad_task"),
        ({"task": "rembg", "image": "***"}, "bad_image"),
        (Request("rembg", (DOT,), {"zoom": 2}).to_input(), "bad_params"),
        (Request("rembg", (DOT,) * 61).to_input(), "too_large"),
        (Request("sam", (DOT,)).to_input(), "model_unavailable"),
        ({"task": "birefnet", "image": base64.b64encode(DOT).decode()}, "internal"),
    ],
)
async def test_a_bad_request_is_told_as_code_and_message(handler: Handler, job_input: object, code: str) -> None:
    error = await refusal(handler, job_input)
    assert error["code"] == code
    assert error["message"]


async def test_a_request_over_the_limit_is_too_large(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler_module, "MAX_INPUT_BYTES", 100)
    assert (await refusal(handler, Request("rembg", (DOT,)).to_input()))["code"] == "too_large"


async def test_an_answer_over_the_limit_is_too_large(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler_module, "MAX_OUTPUT_BYTES", 100)
    error = await refusal(handler, Request("rembg", (DOT, DOT)).to_input())
    assert error["code"] == "too_large"
    assert "fewer frames" in error["message"]


async def test_info_tells_what_runs_and_why_not(handler: Handler) -> None:
    tasks = (await ask(handler, {"task": "info"}))["tasks"]
    assert tasks["rembg"] == {"available": True, "models": ["brightness"], "reason": None}
    assert tasks["sam"] == {"available": False, "models": [], "reason": "not in this test"}


def test_a_frame_tells_the_models_own_time() -> None:
    matted = matte_frame(Brightness(), DOT, {})
    assert set(matted.result) == {"alpha"}
    assert matted.ms > 0


def test_a_worker_without_weights_starts_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    services = load_services()
    assert set(services) == {"rembg", "sam", "sam_clip", "birefnet"}
    reason = services["rembg"].unavailable()
    assert reason is not None
    assert "python -m gpu_worker.weights" in reason
    assert services["rembg"].models == ("isnet-general-use",)
