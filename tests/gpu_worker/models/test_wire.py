"""SAM 2 and BiRefNet from a job's input to its output, through the worker's own handler."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_worker.handler import Handler
from gpu_worker.services import birefnet_service, sam_clip_service, sam_service


@pytest.fixture
def handler(checkpoint: Path, graph: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Handler:
    monkeypatch.setenv("SAM_WEIGHTS", str(checkpoint))
    graph()
    services = {"sam": sam_service.load(), "sam_clip": sam_clip_service.load()}
    return Handler(services | {"birefnet": birefnet_service.load(tmp_path)})


def encoded(image: Image.Image) -> str:
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return base64.b64encode(kept.getvalue()).decode()


def alpha_of(result: dict[str, Any]) -> Any:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(result["alpha"]))))


async def test_a_click_a_clip_and_a_pack_get_outputs_of_the_contract(handler: Handler, make_image: Any) -> None:
    images = [encoded(make_image(90, 60, seed)) for seed in range(3)]
    click = {"points": [[30, 20, 1], [70, 50, 0]]}
    one = await handler.handle({"id": "a", "input": {"task": "sam", "image": images[0], "params": click}})
    assert alpha_of(one).shape == (60, 90)
    assert one["model"] == "sam2.1-hiera-tiny"
    params = {"prompts": [{"frame": 1} | click]}
    clip = await handler.handle({"id": "b", "input": {"task": "sam_clip", "images": images, "params": params}})
    assert [alpha_of(result).shape for result in clip["results"]] == [(60, 90)] * 3
    pack = await handler.handle({"id": "c", "input": {"task": "birefnet", "images": images}})
    assert [alpha_of(result).shape for result in pack["results"]] == [(60, 90)] * 3


async def test_a_click_outside_its_image_is_a_typed_error(handler: Handler, make_image: Any) -> None:
    request = {"task": "sam", "image": encoded(make_image(90, 60)), "params": {"points": [[91, 20, 1]]}}
    answer = await handler.handle({"id": "a", "input": request})
    assert json.loads(answer["error"])["code"] == "bad_params"


async def test_info_says_what_each_service_runs_on(handler: Handler) -> None:
    tasks = (await handler.handle({"id": "a", "input": {"task": "info"}}))["tasks"]
    assert tasks["sam"]["available"]
    assert tasks["sam"]["device"] == tasks["birefnet"]["device"] == tasks["sam_clip"]["device"]
    assert tasks["birefnet"]["batch_axis_free"] is False
