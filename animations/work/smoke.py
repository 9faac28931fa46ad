"""One call of each GPU task against the endpoint in the settings: does it answer, and how long does it take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from django.conf import settings

from animations.work import png
from gpu.client import GpuClient
from gpu.contract import MATTE_TASKS, Request
from gpu.errors import GpuError
from gpu.ledger import MemoryLedger, Result, work_key

SIDE: Final = 512
DEADLINE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one task said: `error` is empty when it did its work. Times in ms, money in US dollars."""

    task: str
    delay_ms: int
    execution_ms: int
    cost_usd: float
    error: str


def run() -> list[Outcome]:
    """One call of each task, one after another; a task that fails does not keep the others from being tried."""
    return asyncio.run(_run())


async def _run() -> list[Outcome]:
    requests = [Request("info"), *(Request(task, (_picture(),), _params(task), pack=False) for task in MATTE_TASKS)]
    async with GpuClient(
        settings.RUNPOD_BASE_URL, settings.RUNPOD_ENDPOINT_ID, settings.RUNPOD_API_KEY, ledger=MemoryLedger()
    ) as client:
        return [await _outcome(client, request) for request in requests]


async def _outcome(client: GpuClient, request: Request) -> Outcome:
    try:
        result = await client.infer(request, work_key(request, "smoke"), DEADLINE_SECONDS)
    except GpuError as error:
        return Outcome(request.task, 0, 0, 0.0, f"{error.code}: {error.message}")
    execution = result.timings.execution_ms or 0
    cost = execution / 1000 * settings.GPU_DOLLARS_PER_SECOND
    return Outcome(request.task, result.timings.delay_ms or 0, execution, cost, _complaint(result))


def _complaint(result: Result) -> str:
    """What is wrong with the mattes of a call that succeeded, if anything."""
    for frame in result.frames:
        if isinstance(frame, dict):
            return f"{frame['code']}: {frame['message']}"
        if png.read(frame).shape != (SIDE, SIDE):
            return "a matte of another size came back"
    return ""


def _picture() -> bytes:
    """A disc on a plain ground."""
    picture = np.full((SIDE, SIDE, 3), (60, 110, 160), np.uint8)
    cv2.circle(picture, (SIDE // 2, SIDE // 2), SIDE // 4, (230, 80, 40), -1, cv2.LINE_AA)
    return png.write_jpeg(picture, 90)


def _params(task: str) -> dict[str, Any]:
    return {"points": [[SIDE // 2, SIDE // 2, 1]]} if task == "sam" else {}
