"""A worker of known cost, for benches: the SDK's own loop, and a handler that sleeps instead of inferring.

`SLEEPER_FRAME_MS` is what each frame costs, `SLEEPER_CALL_MS` what each call costs besides (both default to 0). It
reads the worker wire and answers as it promises: an alpha of the picture's own size that is as grey all over as the
picture is in the mean, so that a test sees whose it is.
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

MODEL = "sleeper"


async def handle(job: dict[str, Any]) -> dict[str, Any]:
    """The output after frames × cost, or `{"error": '{"code", "message"}'}`."""
    try:
        request = read_request(job.get("input"))
    except WireError as error:
        return {"error": json.dumps(error.as_dict())}
    if request.task == "info":
        return {"tasks": {"rembg": {"available": True, "models": [MODEL], "reason": None}}}
    cost = len(request.images) * _ms("SLEEPER_FRAME_MS") + _ms("SLEEPER_CALL_MS")
    results = [_result(image) for image in request.images]
    await asyncio.sleep(cost / 1000)
    return _output(request, results, cost)


def _output(request: Request, results: list[FrameResult], cost: float) -> dict[str, Any]:
    if request.pack:
        return {"results": results, "model": MODEL, "ms": cost}
    if "error" in results[0]:
        return {"error": json.dumps(results[0]["error"])}
    return {"alpha": results[0]["alpha"], "model": MODEL, "ms": cost}


def _result(picture: bytes) -> FrameResult:
    try:
        with Image.open(io.BytesIO(picture)) as image:
            grey = image.convert("L").resize((1, 1), Image.Resampling.BOX)
            return {"alpha": _plain(image.width, image.height, grey.tobytes()[0])}
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {"error": {"code": "bad_image", "message": "an image is not a readable picture"}}


@functools.lru_cache(maxsize=64)
def _plain(width: int, height: int, value: int) -> str:
    """A base64 PNG of an alpha that is `value` everywhere. Kept, since its making is no part of the known cost."""
    target = io.BytesIO()
    Image.new("L", (width, height), value).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


def _ms(name: str) -> float:
    return float(os.environ.get(name, "0"))


def main() -> None:
    """Hand the process to the SDK's loop."""
    parent_death.end_with_parent_if_asked()
    sdk.load().serverless.start({"handler": handle})


if __name__ == "__main__":
    main()
