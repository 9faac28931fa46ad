"""Every input, however malformed, gets an output or an error of the contract."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

from PIL import Image

from gpu.contract import ErrorCode
from gpu_worker.handler import Handler
from gpu_worker.services.base import Alpha
from gpu_worker.services.unavailable import UnavailableService
from tests.gpu_worker.fake_services import BrightnessService
from tests.gpu_worker.malformed_input import malformed_inputs

COUNT = 1_000
UNEXPECTED = ("internal",)
"""The one code that would mean a bug of ours: nothing here makes the model fail."""


class RobustService(BrightnessService):
    """Never fails."""

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        return super().infer([Image.new("RGB", image.size, (90, 90, 90)) for image in images], params)


async def test_a_thousand_malformed_inputs_end_in_typed_errors_or_valid_outputs() -> None:
    handler = Handler(
        {
            "rembg": RobustService(batch=3),
            "birefnet": RobustService(),
            "sam_clip": RobustService(60),
            "sam": UnavailableService("not here"),
        }
    )
    seen: Counter[str] = Counter()
    for number, job_input in enumerate(malformed_inputs(COUNT)):
        output = await handler.handle({"id": str(number), "input": job_input})
        text = json.dumps(output)
        assert "Traceback" not in text, number
        assert "site-packages" not in text, number
        seen.update(outcomes(output))
    assert seen.total() >= COUNT
    assert set(seen) == {*get_args(ErrorCode), "alpha", "info"} - set(UNEXPECTED)
    assert min(seen.values()) >= 10, seen


def outcomes(output: dict[str, Any]) -> list[str]:
    """Return the outcome of each frame; fail where the output is not one of the contract."""
    if set(output) == {"error"}:
        return [code_of(json.loads(output["error"]))]
    if "tasks" in output:
        return ["info"]
    assert isinstance(output["model"], str)
    assert output["ms"] >= 0
    results = output["results"] if "results" in output else [{"alpha": output["alpha"]}]
    return [code_of(result["error"]) if "error" in result else alpha_of(result) for result in results]


def code_of(error: dict[str, Any]) -> str:
    assert set(error) == {"code", "message"}
    assert error["code"] in get_args(ErrorCode)
    assert 0 < len(error["message"]) < 310
    return str(error["code"])


def alpha_of(result: dict[str, Any]) -> str:
    alpha = Image.open(io.BytesIO(base64.b64decode(result["alpha"])))
    alpha.load()
    assert (alpha.format, alpha.mode) == ("PNG", "L")
    return "alpha"
