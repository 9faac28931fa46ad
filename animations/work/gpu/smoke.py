"""Call each GPU task once at the endpoint in the settings, to see whether it answers and how long it takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from django.conf import settings

from animations.imaging import png
from animations.work.gpu.alpha_check import check_alpha
from animations.work.gpu.endpoint_client import make_client
from gpu.client import GpuClient
from gpu.contract import MATTE_TASKS, Request
from gpu.errors import GpuError, JobFailed
from gpu.ledger import Result, work_key

SIDE: Final = 512
CLIP_FRAMES: Final = 4
DEADLINE_SECONDS: Final = 300.0
Tasks = dict[str, Any]
"""Of each task, as `info` says it: whether it is available, or why not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one task. Times in ms (`total_ms` as we waited), money in US dollars.

    `message` is what came back, or why nothing did. `failed`: the endpoint can do it, and did not.
    """

    task: str
    delay_ms: int
    execution_ms: int
    total_ms: int
    cost_usd: float
    message: str
    failed: bool


def run() -> list[Outcome]:
    """Call each task, one after another; a task that fails does not keep the others from being tried."""
    return asyncio.run(_run())


async def _run() -> list[Outcome]:
    async with make_client() as client:
        info, tasks = await _info(client)
        outcomes = [info]
        for request in _requests():
            outcomes.append(await _outcome(client, request, tasks))
        return outcomes


async def _info(client: GpuClient) -> tuple[Outcome, Tasks]:
    """Call `info`; return also what it says of the tasks: nothing, when the call itself fails."""
    began = time.monotonic()
    try:
        result = await client.infer(Request("info"), "info", DEADLINE_SECONDS)
    except GpuError as error:
        return _failed("info", began, f"{error.code}: {error.message}", failed=True), {}
    tasks: Tasks = result.output.get("tasks", {})
    can = [name for name, word in tasks.items() if word.get("available")]
    return _succeeded("info", began, result, f"can run {', '.join(can) or 'nothing'}", failed=False), tasks


async def _outcome(client: GpuClient, request: Request, tasks: Tasks) -> Outcome:
    """Call a task, even one that `info` calls unavailable: what counts is what a job gets."""
    began = time.monotonic()
    available = bool(tasks.get(request.task, {}).get("available", True))
    try:
        result = await client.infer(request, work_key(request, "smoke"), DEADLINE_SECONDS)
    except GpuError as error:
        refused = isinstance(error, JobFailed) and error.code in ("model_unavailable", "bad_task")
        missing = refused and not tasks.get(request.task, {}).get("available")
        message = f"not available: {error.message}" if missing else f"{error.code}: {error.message}"
        return _failed(request.task, began, message, failed=not missing and available)
    wrong = _check_alphas(result)
    return _succeeded(request.task, began, result, wrong or _in_words(result), failed=bool(wrong))


def _succeeded(task: str, began: float, result: Result, message: str, *, failed: bool) -> Outcome:
    execution = result.timings.execution_ms or 0
    cost = execution / 1000 * settings.GPU_DOLLARS_PER_SECOND
    return Outcome(task, result.timings.delay_ms or 0, execution, _since(began), cost, message, failed)


def _failed(task: str, began: float, message: str, *, failed: bool) -> Outcome:
    return Outcome(task, 0, 0, _since(began), 0.0, message, failed)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _check_alphas(result: Result) -> str:
    """Find what is wrong with the mattes of a call that succeeded; "" if nothing."""
    for frame in result.frames:
        wrong = frame if isinstance(frame, dict) else check_alpha(frame, (SIDE, SIDE))
        if wrong:
            return f"{wrong['code']}: {wrong['message']}"
    return ""


def _in_words(result: Result) -> str:
    """Say how many mattes came, and how much of the first is subject. The disc covers a fifth of its picture."""
    share = float(np.mean(png.read(next(frame for frame in result.frames if isinstance(frame, bytes))))) / 255
    several = f"{len(result.frames)} mattes" if len(result.frames) > 1 else "a matte"
    return f"{several} of {SIDE}×{SIDE} px, {share:.0%} subject, by {result.output.get('model', '?')}"


def _requests() -> list[Request]:
    one = [Request(task, (_picture(0),), _params(task), pack=False) for task in MATTE_TASKS]
    clip = tuple(_picture(index * 8) for index in range(CLIP_FRAMES))
    return [*one, Request("sam_clip", clip, {"prompts": [{"frame": 0, "points": [[SIDE // 2, SIDE // 2, 1]]}]})]


def _picture(moved: int) -> bytes:
    """Draw a disc on a plain background, so many pixels right of the middle."""
    picture = np.full((SIDE, SIDE, 3), (60, 110, 160), np.uint8)
    cv2.circle(picture, (SIDE // 2 + moved, SIDE // 2), SIDE // 4, (230, 80, 40), -1, cv2.LINE_AA)
    return png.write_jpeg(picture, 90)


def _params(task: str) -> dict[str, Any]:
    return {"points": [[SIDE // 2, SIDE // 2, 1]]} if task == "sam" else {}
