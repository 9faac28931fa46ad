"""The worker: take a job from RunPod's queue, run a matting service on its frames, return an output of the contract.

`python -m gpu_worker.handler` starts the SDK's own loop. `gpu.contract` says what goes in and out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gpu.contract import RUN_BODY_LIMIT, RUNSYNC_BODY_LIMIT, ErrorCode, Request, WireError, read_request
from gpu_worker.packs import ByteBudget, Executors, Pack, truncate_message
from gpu_worker.process import machine, parent_death, sdk
from gpu_worker.process.json_log import CURRENT_JOB, configure_logging, log_event, log_exception
from gpu_worker.services import birefnet_service, rembg_service, sam_clip_service, sam_service
from gpu_worker.services.base import MatteService
from gpu_worker.services.unavailable import UnavailableService

MAX_INPUT_BYTES: Final = RUNSYNC_BODY_LIMIT
"""Limit of the input as JSON."""
MAX_ALPHA_BYTES: Final = RUN_BODY_LIMIT - 100_000
"""Limit of an output's alphas in base64, less than the body's: the JSON around them and 60 errors of the longest kind
must fit too. RunPod throws a larger result away and calls the job completed all the same."""
LOADERS: Final[dict[str, Callable[[], MatteService]]] = {
    "rembg": rembg_service.load,
    "sam": sam_service.load,
    "sam_clip": sam_clip_service.load,
    "birefnet": birefnet_service.load,
}


@dataclass(frozen=True, slots=True)
class JobResult:
    """The output of a job, and the fields of its line in the log."""

    output: dict[str, Any]
    log_fields: dict[str, Any]


class Handler:
    """Handles jobs with one service per task."""

    def __init__(self, services: Mapping[str, MatteService]) -> None:
        self._services = services
        self._executors = Executors()
        self._machine = {"device": machine.device(), "versions": machine.versions()}

    async def handle(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return the output of a job, or `{"error": '{"code", "message"}'}`. Raises nothing but cancellation."""
        CURRENT_JOB.set(str(job.get("id")))
        started = time.perf_counter()
        try:
            result = await self._process(_read_job(job))
        except WireError as error:
            return _error_output(error.code, error.message)
        except Exception:  # noqa: BLE001 the SDK would send the traceback over the wire
            log_exception("job failed")
            return _error_output("internal", "the worker failed; its log says why")
        log_event("job", **result.log_fields, all_ms=_rounded(1000 * (time.perf_counter() - started)))
        return result.output

    async def _process(self, request: Request) -> JobResult:
        if request.task == "info":
            # Not in the model's thread: a step left there by a cancelled request would delay the answer.
            return JobResult(await self._executors.run_image_work(self._info), {"task": "info"})
        service = self._services[request.task]
        if reason := service.unavailable_reason():
            raise WireError("model_unavailable", reason)
        model = await self._executors.run_model(service.check, request.params)
        pack = Pack(service, request, self._executors, ByteBudget(MAX_ALPHA_BYTES))
        results = await pack.run()
        output: dict[str, Any] = {"model": model, "ms": _rounded(pack.times.model)}
        log_fields = {
            "task": request.task,
            "model": model,
            "frames": len(results),
            "failed": sum("error" in result for result in results),
            "decode_ms": _rounded(pack.times.decode),
            "model_ms": _rounded(pack.times.model),
            "encode_ms": _rounded(pack.times.encode),
        }
        if request.pack:
            return JobResult({"results": results} | output, log_fields)
        if error := results[0].get("error"):
            raise WireError(error["code"], error["message"])
        return JobResult({"alpha": results[0]["alpha"]} | output, log_fields)

    def _info(self) -> dict[str, Any]:
        """Describe each task (whether it runs here, with which models, why not), and the machine."""
        tasks: dict[str, Any] = {}
        for name, service in self._services.items():
            reason = service.unavailable_reason()
            known = {"available": reason is None, "models": list(service.models), "reason": reason}
            tasks[name] = service.describe() | known
        return {"tasks": tasks} | self._machine


def load_services(loaders: Mapping[str, Callable[[], MatteService]] = LOADERS) -> dict[str, MatteService]:
    """Load every task's service, with its first model in memory; the model for clips is loaded by the first clip.

    A service that cannot be loaded leaves the others running; an `UnavailableService` takes its place.
    """
    return {task: _load(task, load) for task, load in loaders.items()}


def _load(task: str, load: Callable[[], MatteService]) -> MatteService:
    try:
        return load()
    except Exception as error:  # noqa: BLE001 a broken file or driver must not make the worker a crash loop
        log_exception("service not loaded", task=task)
        return UnavailableService(
            f"{task} could not be loaded on this worker ({type(error).__name__}); its log says why"
        )


def _read_job(job: dict[str, Any]) -> Request:
    raw = job.get("input")
    try:
        size = _input_size(raw)
    except RecursionError:
        raise WireError("bad_params", "input is nested too deeply") from None
    if size > MAX_INPUT_BYTES:
        remedy = "send fewer or smaller frames"
        raise WireError("too_large", f"the request has {size} bytes, over the limit of {MAX_INPUT_BYTES}: {remedy}")
    return read_request(raw)


def _input_size(raw: object) -> int:
    """Count the bytes of the input as JSON, without writing out its images: base64 has nothing to escape."""
    if not isinstance(raw, dict):
        return len(json.dumps(raw))
    images = raw.get("images")
    frames = [raw.get("image"), *(images if isinstance(images, list) else ())]
    encoded = [frame for frame in frames if isinstance(frame, str)]
    rest = [frame for frame in frames if not isinstance(frame, str)]
    others = {key: value for key, value in raw.items() if key not in ("image", "images")}
    return len(json.dumps([others, rest])) + sum(len(frame) + 4 for frame in encoded)


def _error_output(code: ErrorCode, message: str) -> dict[str, Any]:
    short = truncate_message(message)
    log_event("job", error=code, message=short)
    return {"error": json.dumps({"code": code, "message": short})}


def _rounded(ms: float) -> float:
    return round(ms, 1)


def main() -> None:
    """Load the models, then hand the process to the SDK's loop."""
    parent_death.end_with_parent_if_asked()
    configure_logging()
    started = time.perf_counter()
    handler = Handler(load_services())
    runpod = sdk.load()
    log_event("ready", seconds=round(time.perf_counter() - started, 1))
    runpod.serverless.start({"handler": handler.handle})


if __name__ == "__main__":
    main()
