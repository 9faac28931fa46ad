"""A worker of known cost, for benchmarks and tests: the SDK's own loop and a handler that only sleeps.

A frame costs `FAKE_WORKER_FRAME_MS`, a call `FAKE_WORKER_CALL_MS` besides (both default to 0). Requests are read and
answered by the contract: each alpha is of its image's size, and as grey all over as the image is in the mean, so that
a test sees whose it is.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import io
import json
import os
from typing import Any

from PIL import Image

from gpu.contract import FrameResult, Request, WireError, read_request
from gpu_worker.process import parent_death, sdk

MODEL = "fake"


async def handle(job: dict[str, Any]) -> dict[str, Any]:
    """Sleep for frames × cost and return the output, or `{"error": '{"code", "message"}'}`."""
    try:
        request = read_request(job.get("input"))
    except WireError as error:
        return {"error": json.dumps(error.as_dict())}
    if request.task == "info":
        return {"tasks": {"rembg": {"available": True, "models": [MODEL], "reason": None}}}
    cost = len(request.images) * _read_ms("FAKE_WORKER_FRAME_MS") + _read_ms("FAKE_WORKER_CALL_MS")
    results = [_frame_result(image) for image in request.images]
    await asyncio.sleep(cost / 1000)
    return _output(request, results, cost)


def _output(request: Request, results: list[FrameResult], cost: float) -> dict[str, Any]:
    if request.pack:
        return {"results": results, "model": MODEL, "ms": cost}
    if "error" in results[0]:
        return {"error": json.dumps(results[0]["error"])}
    return {"alpha": results[0]["alpha"], "model": MODEL, "ms": cost}


def _frame_result(content: bytes) -> FrameResult:
    try:
        with Image.open(io.BytesIO(content)) as image:
            grey = image.convert("L").resize((1, 1), Image.Resampling.BOX)
            return {"alpha": _uniform_alpha(image.width, image.height, grey.tobytes()[0])}
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {"error": {"code": "bad_image", "message": "an image is not a readable picture"}}


@functools.lru_cache(maxsize=64)
def _uniform_alpha(width: int, height: int, value: int) -> str:
    """Encode an alpha that is `value` everywhere. Cached, since encoding is no part of the known cost."""
    target = io.BytesIO()
    Image.new("L", (width, height), value).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


def _read_ms(name: str) -> float:
    return float(os.environ.get(name, "0"))


def main() -> None:
    """Hand the process to the SDK's loop."""
    parent_death.end_with_parent_if_asked()
    sdk.load().serverless.start({"handler": handle})


if __name__ == "__main__":
    main()
