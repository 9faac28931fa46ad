"""The whole path of a job: real HTTP, the SDK's own loop in a real worker process, real weights."""

from __future__ import annotations

import base64
import io
import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu.contract import Request, read_output
from tests.gpu_worker.endpoint_process import LocalEndpoint, base64_of, start_endpoint
from tests.gpu_worker.sample_images import duck, encoded
from tests.polling import until
from tests.processes import has_exited

pytestmark = pytest.mark.stack


def alpha_of(output: dict[str, Any]) -> Any:
    image = Image.open(io.BytesIO(base64.b64decode(output["alpha"])))
    assert (image.format, image.mode) == ("PNG", "L")
    return np.asarray(image)


def shows_the_duck(alpha: Any) -> bool:
    side = len(alpha)
    body, wall = alpha[side * 6 // 10, side // 2], alpha[side // 10, side // 10]
    return bool(body > 230 and wall < 10 and 0.15 < (alpha > 127).mean() < 0.5)


def error_of(job: dict[str, Any]) -> dict[str, str]:
    assert job["status"] == "FAILED"
    error: dict[str, str] = json.loads(job["error"])
    assert set(error) == {"code", "message"}
    return error


def test_one_frame_gets_a_soft_alpha_of_its_own_size(endpoint: LocalEndpoint) -> None:
    side = 2048
    job = endpoint.runsync(Request("rembg", (encoded(duck(side), "JPEG"),), pack=False).to_input())
    assert job["status"] == "COMPLETED"
    alpha = alpha_of(job["output"])
    assert alpha.shape == (side, side)
    assert shows_the_duck(alpha)
    assert ((alpha > 16) & (alpha < 240)).any()
    assert job["output"]["model"] == "isnet-general-use"
    assert 0 < job["output"]["ms"] <= job["executionTime"]
    assert job["delayTime"] >= 0


def test_a_broken_and_an_empty_frame_of_a_pack_fail_and_succeed_alone(endpoint: LocalEndpoint) -> None:
    wall = encoded(Image.new("RGB", (300, 200), (214, 228, 238)))
    request = Request("rembg", (encoded(duck(256), "WEBP"), b"broken", wall))
    before = endpoint.health()["jobs"]["completed"]
    job = endpoint.wait_until_ended(endpoint.run(request.to_input()))
    found, error, empty = job["output"]["results"]
    assert shows_the_duck(alpha_of(found))
    assert error["error"]["code"] == "bad_image"
    # rembg's own stretch would make noise of an empty frame.
    assert alpha_of(empty).shape == (200, 300)
    assert alpha_of(empty).max() < 64
    assert len(read_output(request, job["output"])) == 3
    assert endpoint.health()["jobs"]["completed"] == before + 1


@pytest.mark.parametrize(
    ("job_input", "code"),
    [
        ({"task": "paint"}, "bad_task"),
        ({"task": "rembg", "image": base64_of(encoded(duck(64))), "params": {"size": 9}}, "bad_params"),
        ({"task": "rembg", "image": base64_of(b"words")}, "bad_image"),
        ({"task": "rembg", "image": base64_of(encoded(Image.new("L", (2049, 2048))))}, "too_large"),
        (
            {"task": "rembg", "images": [base64_of(encoded(duck(64)))], "params": {"model": "u3net"}},
            "model_unavailable",
        ),
        ({"task": "sam_clip", "images": [base64_of(encoded(duck(64)))]}, "bad_params"),
    ],
)
def test_a_refused_request_is_a_failed_job_with_code_and_message(
    endpoint: LocalEndpoint, job_input: dict[str, Any], code: str
) -> None:
    assert error_of(endpoint.runsync(job_input))["code"] == code


def test_info_says_what_the_worker_can_run_and_on_what(endpoint: LocalEndpoint) -> None:
    info = endpoint.runsync({"task": "info"})["output"]
    assert set(info["tasks"]) == {"rembg", "sam", "sam_clip", "birefnet"}
    rembg = info["tasks"]["rembg"]
    assert (rembg["available"], rembg["models"][0], rembg["reason"]) == (True, "isnet-general-use", None)
    assert rembg["batch"] == 1
    assert not rembg["batch_axis_free"]
    for task in info["tasks"].values():
        assert task["available"] == (task["reason"] is None)
    assert info["device"]["name"]
    assert info["versions"]["runpod"].startswith("1.12.")


def test_a_running_job_is_stopped_between_two_frames_and_the_worker_is_free_again(endpoint: LocalEndpoint) -> None:
    job_id = endpoint.run(Request("rembg", (encoded(duck(256)),) * 20).to_input())
    endpoint.wait_until_in_progress(job_id)
    assert endpoint.call("POST", f"cancel/{job_id}")["status"] == "CANCELLED"
    assert endpoint.runsync({"task": "info"})["executionTime"] < 15_000
    assert endpoint.status(job_id)["status"] == "CANCELLED"


def test_a_failed_job_can_be_retried_under_its_id(endpoint: LocalEndpoint) -> None:
    job_id = endpoint.run({"task": "paint"})
    assert endpoint.wait_until_ended(job_id)["status"] == "FAILED"
    retried = endpoint.health()["jobs"]["retried"]
    assert endpoint.call("POST", f"retry/{job_id}") == {"id": job_id, "status": "IN_QUEUE"}
    assert error_of(endpoint.wait_until_ended(job_id))["code"] == "bad_task"
    assert endpoint.health()["jobs"]["retried"] == retried + 1


def test_an_endpoint_without_weights_says_what_to_do(tmp_path: Path) -> None:
    endpoint = start_endpoint(env={"U2NET_HOME": str(tmp_path)})
    error = error_of(endpoint.runsync({"task": "rembg", "image": base64_of(encoded(duck(64)))}))
    family = endpoint.descendants()
    endpoint.process.kill()
    endpoint.process.communicate(timeout=15)
    endpoint.client.close()
    assert error["code"] == "model_unavailable"
    assert "python -m gpu_worker.weights" in error["message"]
    # A worker and the SDK's pinging process: neither outlives an endpoint that was killed.
    assert len(family) == 2
    until(lambda: all(has_exited(process) for process in family), 10)


def test_sigterm_ends_the_endpoint_and_every_worker() -> None:
    endpoint = start_endpoint(workers=2)
    family = until(lambda: endpoint.descendants() if len(endpoint.descendants()) >= 2 else None)
    endpoint.client.close()
    endpoint.process.send_signal(signal.SIGTERM)
    endpoint.process.communicate(timeout=10)
    assert endpoint.process.returncode == 0
    assert all(has_exited(process) for process in family)
