"""The worker: takes a job of RunPod's queue, runs a matting service on its frames, answers in the words of the wire.

`python -m gpu_worker.handler` starts the SDK's own loop. See `gpu.contract` for what goes in and out.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gpu.contract import RUN_BODY_LIMIT, FrameResult, Request, WireError, read_request
from gpu_worker import lifeline
from gpu_worker.pictures import encode_alpha, open_picture
from gpu_worker.services import birefnet_service, rembg_service, sam_service
from gpu_worker.services.face import MatteService

MAX_INPUT_BYTES: Final = 2 * RUN_BODY_LIMIT
"""Of the input as JSON. `/runsync` lets twice as much through as `/run`."""
MAX_OUTPUT_BYTES: Final = RUN_BODY_LIMIT - 10_000
"""Of the output as JSON; RunPod throws a larger result away and calls the job completed all the same."""

log = logging.getLogger("gpu_worker")


@dataclass(frozen=True, slots=True)
class Matted:
    """One frame's result, and the milliseconds the model ran for it."""

    result: FrameResult
    ms: float = 0.0


class Handler:
    """Answers jobs with the services it was given, by task."""

    def __init__(self, services: Mapping[str, MatteService]) -> None:
        self._services = services

    async def handle(self, job: dict[str, Any]) -> dict[str, Any]:
        """The output, or `{"error": '{"code", "message"}'}`. Raises nothing but cancellation."""
        try:
            request = _read_job(job)
            output = await self._answer(request)
            _check_size(output, MAX_OUTPUT_BYTES, "the answer", "send fewer frames")
        except WireError as error:
            _report(job, error=error.code, message=error.message)
            return {"error": json.dumps(error.as_dict())}
        except Exception:  # the SDK would send the traceback over the wire
            log.exception("job failed")
            _report(job, error="internal")
            return {"error": json.dumps({"code": "internal", "message": "the worker failed; its log says why"})}
        _report(job, task=request.task, frames=len(request.images), ms=output.get("ms"))
        return output

    async def _answer(self, request: Request) -> dict[str, Any]:
        if request.task == "info":
            return self._info()
        service = self._services[request.task]
        if reason := service.unavailable():
            raise WireError("model_unavailable", reason)
        model = service.check(request.params)
        # In a thread, so that the SDK's loop goes on pinging and hears a stop; frame by frame, so that a stop takes
        # effect between two of them and only one picture is ever decoded.
        frames = [await asyncio.to_thread(matte_frame, service, image, request.params) for image in request.images]
        ms = round(sum(frame.ms for frame in frames), 1)
        if request.pack:
            return {"results": [frame.result for frame in frames], "model": model, "ms": ms}
        result = frames[0].result
        if error := result.get("error"):
            raise WireError(error["code"], error["message"])
        return {"alpha": result["alpha"], "model": model, "ms": ms}

    def _info(self) -> dict[str, Any]:
        """Per task: whether it runs here, with which models, and why not."""
        tasks: dict[str, Any] = {}
        for name, service in self._services.items():
            reason = service.unavailable()
            tasks[name] = {"available": reason is None, "models": list(service.models), "reason": reason}
        return {"tasks": tasks}


def matte_frame(service: MatteService, content: bytes, params: dict[str, Any]) -> Matted:
    """Open one encoded picture, find its alpha and encode it. What goes wrong is this frame's error alone."""
    try:
        image = open_picture(content)
        started = time.perf_counter()
        (alpha,) = service.infer([image], params)
        ms = (time.perf_counter() - started) * 1000
        return Matted({"alpha": encode_alpha(alpha)}, ms)
    except WireError as error:
        return Matted({"error": error.as_dict()})
    except Exception:  # a frame fails alone, whatever a model's runtime raises
        log.exception("frame failed")
        return Matted({"error": {"code": "internal", "message": "the model failed on this frame"}})


def load_services() -> dict[str, MatteService]:
    """Every task's service, with its model in memory where there is one."""
    sam = sam_service.load()
    return {"rembg": rembg_service.load(), "sam": sam, "sam_clip": sam, "birefnet": birefnet_service.load()}


def _read_job(job: dict[str, Any]) -> Request:
    raw = job.get("input")
    _check_size(raw, MAX_INPUT_BYTES, "the request", "send fewer or smaller frames")
    return read_request(raw)


def _check_size(value: object, limit: int, what: str, remedy: str) -> None:
    size = len(json.dumps(value))
    if size > limit:
        raise WireError("too_large", f"{what} has {size} bytes, over the limit of {limit}: {remedy}")


def _report(job: dict[str, Any], **fields: Any) -> None:
    """One JSON line per job; never pixels."""
    log.info(json.dumps({"event": "job", "id": job.get("id")} | fields))


def main() -> None:
    """Load the models, then hand the process to the SDK's loop."""
    lifeline.tie_if_asked()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    started = time.perf_counter()
    handler = Handler(load_services())
    import runpod  # noqa: PLC0415 takes two seconds, and is not there where only the handler is tested

    log.info(json.dumps({"event": "ready", "seconds": round(time.perf_counter() - started, 1)}))
    runpod.serverless.start({"handler": handler.handle})


if __name__ == "__main__":
    main()
