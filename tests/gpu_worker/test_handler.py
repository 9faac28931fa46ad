from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
from typing import Any

import pytest
from PIL import Image

from gpu.contract import TASKS, Request
from gpu_worker import handler as handler_module
from gpu_worker.handler import Handler, load_services
from gpu_worker.services.base import MatteService
from gpu_worker.services.unavailable import UnavailableService
from tests.gpu_worker.fake_services import BlockingService, BrightnessService
from tests.gpu_worker.sample_images import encoded

DOT = encoded(Image.new("RGB", (6, 4), (200, 200, 200)))
BLACK = encoded(Image.new("RGB", (6, 4), (0, 0, 0)))


@pytest.fixture
def handler() -> Handler:
    return Handler({"rembg": BrightnessService(), "sam": UnavailableService("not in this test")})


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="gpu_worker")
    return caplog


def logged_events(lines: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.message) for record in lines.records]


async def ask(handler: Handler, job_input: object) -> dict[str, Any]:
    return await handler.handle({"id": "job-1", "input": job_input})


async def error_of(handler: Handler, job_input: object) -> dict[str, str]:
    output = await ask(handler, job_input)
    assert set(output) == {"error"}
    error: dict[str, str] = json.loads(output["error"])
    assert "Traceback" not in output["error"]
    return error


async def test_one_frame_gets_an_alpha_of_its_own_size(handler: Handler) -> None:
    output = await ask(handler, Request("rembg", (DOT,), pack=False).to_input())
    assert set(output) == {"alpha", "model", "ms"}
    assert output["model"] == "brightness"
    assert 0 <= output["ms"] < 1000
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
    assert (await error_of(handler, Request("rembg", (b"broken",), pack=False).to_input()))["code"] == "bad_image"


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("job_input", "code"),
    [
        (None, "bad_params"),
        ({"task": "paint"}, "bad_task"),
        ({"task": "rembg", "image": "***"}, "bad_image"),
        (Request("rembg", (DOT,), {"zoom": 2}).to_input(), "bad_params"),
        (Request("rembg", (DOT,) * 61).to_input(), "too_large"),
        (Request("rembg", (encoded(Image.new("L", (2048, 2048))),) * 17).to_input(), "too_large"),
        (Request("sam", (DOT,)).to_input(), "model_unavailable"),
        (
            {"task": "rembg", "image": base64.b64encode(DOT).decode(), "params": {"deep": nested(100_000)}},
            "bad_params",
        ),
        (Request("birefnet", (DOT,)).to_input(), "internal"),
    ],
)
async def test_a_bad_request_gets_a_code_and_a_message(handler: Handler, job_input: object, code: str) -> None:
    error = await error_of(handler, job_input)
    assert error["code"] == code
    assert error["message"]


async def test_an_error_does_not_send_back_all_that_was_sent(handler: Handler) -> None:
    error = await error_of(handler, Request("rembg", (DOT,), {"zoom": "x" * 100_000}).to_input())
    assert len(error["message"]) < 310


@pytest.mark.parametrize(
    "job_input",
    [
        Request("rembg", (DOT,)).to_input(),
        Request("rembg", (DOT,), pack=False).to_input(),
        {"task": "info", "params": {"more": "x" * 100}},
        {"task": "rembg", "images": [["x" * 100]]},
        "x" * 200,
    ],
)
async def test_a_request_over_the_limit_is_too_large_wherever_its_bytes_are(
    handler: Handler, job_input: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler_module, "MAX_INPUT_BYTES", 99)
    assert (await error_of(handler, job_input))["code"] == "too_large"


async def test_the_limit_counts_the_bytes_of_the_json(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    job_input = Request("rembg", (DOT, DOT)).to_input()
    monkeypatch.setattr(handler_module, "MAX_INPUT_BYTES", len(json.dumps(job_input)) + 30)
    assert "results" in await ask(handler, job_input)


async def test_frames_that_do_not_fit_into_the_output_are_too_large_alone(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = encoded(Image.effect_noise((64, 64), 90).convert("RGB"))
    monkeypatch.setattr(handler_module, "MAX_ALPHA_BYTES", 1_000)
    output = await ask(handler, Request("rembg", (DOT, noise, DOT)).to_input())
    assert [list(result) for result in output["results"]] == [["alpha"], ["error"], ["alpha"]]
    assert output["results"][1]["error"]["code"] == "too_large"
    one = await error_of(handler, Request("rembg", (noise,), pack=False).to_input())
    assert one["code"] == "too_large"


async def test_info_says_what_runs_how_and_why_not(handler: Handler) -> None:
    info = await ask(handler, {"task": "info"})
    assert info["tasks"]["rembg"] == {
        "available": True, "models": ["brightness"], "reason": None, "device": "cpu", "batch": 1,
    }  # fmt: skip
    assert info["tasks"]["sam"] == {"available": False, "models": [], "reason": "not in this test"}
    assert set(info["device"]) == {"name", "memory_mb", "driver"}
    assert {"python", "numpy", "Pillow"} <= set(info["versions"])


async def test_info_does_not_wait_for_what_a_cancelled_request_left_running() -> None:
    service = BlockingService()
    handler = Handler({"rembg": service})
    running = asyncio.create_task(ask(handler, Request("rembg", (DOT, DOT)).to_input()))
    await asyncio.to_thread(service.started.wait, 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "tasks" in await ask(handler, {"task": "info"})
    assert service.batch_sizes == []
    service.release.set()


async def test_the_log_has_each_jobs_id_task_frames_and_times(
    handler: Handler, lines: pytest.LogCaptureFixture
) -> None:
    await ask(handler, Request("rembg", (DOT, b"broken")).to_input())
    (line,) = logged_events(lines)
    times = {"decode_ms", "model_ms", "encode_ms", "all_ms"}
    assert {key: line[key] for key in line.keys() - times} == {
        "event": "job", "id": "job-1", "task": "rembg", "model": "brightness", "frames": 2, "failed": 1,
    }  # fmt: skip
    assert line["all_ms"] >= line["model_ms"] >= 0
    assert line["decode_ms"] > 0 < line["encode_ms"]


async def test_a_traceback_is_in_the_log_and_nowhere_else(handler: Handler, lines: pytest.LogCaptureFixture) -> None:
    output = await ask(handler, Request("rembg", (BLACK,)).to_input())
    assert "fire" not in json.dumps(output)
    failure, job = logged_events(lines)
    assert (failure["event"], failure["id"]) == ("frame failed", "job-1")
    assert "the device caught fire" in failure["trace"]
    assert job["failed"] == 1
    await error_of(handler, Request("birefnet", (DOT,)).to_input())
    failure, job = logged_events(lines)[2:]
    assert "KeyError" in failure["trace"]
    assert job["error"] == "internal"


def test_a_service_that_cannot_be_loaded_leaves_the_others_running(lines: pytest.LogCaptureFixture) -> None:
    def broken() -> MatteService:
        raise OSError("libcudnn.so.9: version mismatch")

    services = load_services({"rembg": BrightnessService, "sam": broken})
    assert services["rembg"].unavailable_reason() is None
    reason = services["sam"].unavailable_reason()
    assert reason is not None
    assert "sam could not be loaded on this worker (OSError)" in reason
    assert "libcudnn" in logged_events(lines)[0]["trace"]


def test_every_task_has_a_service() -> None:
    assert set(handler_module.LOADERS) == set(TASKS) - {"info"}
