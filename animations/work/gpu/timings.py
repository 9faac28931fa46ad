"""The times that this product's endpoint takes, learned from every call that ends and stored in `GpuTiming`.

Of two processes that learn at the same moment the later one wins: one sample among many is lost, and nothing waits.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from math import ceil

from django.conf import settings

from animations.models import GpuTiming
from animations.work.gpu.alpha_check import picture_size
from gpu.batch.execution_time import COLD_START, Sample, Timing, learn, prior, size_class
from gpu.contract import Request
from gpu.ledger import Result


def request_size_class(request: Request) -> str:
    """Find the size class of a request's pictures by their headers; empty for one without pictures.

    A call that is resumed from another run may hold frames whose pictures this run does not have: those are b"".
    """
    first = next((image for image in request.images if image), None)
    return picture_size_class(first) if first else ""


def picture_size_class(image: bytes) -> str:
    """Find the size class of an encoded picture by its header."""
    return size_class(*picture_size(image))


def expected_timing(task: str, size: str) -> Timing:
    """Return what is expected of a task's frames of one size class; before its first call, a guess."""
    row = GpuTiming.objects.filter(endpoint=settings.RUNPOD_ENDPOINT_ID, task=task, size_class=size).first()
    if row is None:
        return prior(task)
    return Timing(row.per_frame_ms, row.per_call_ms, row.samples, row.updated_at.timestamp())


def cold_start_seconds() -> float:
    """Return the expected seconds from asking for a worker to its first job."""
    return expected_timing(COLD_START, "").per_call_ms / 1000


def expected_ms(request: Request) -> int:
    """Return how many ms a call is expected to take on a worker."""
    return ceil(1000 * expected_timing(request.task, request_size_class(request)).seconds(len(request.images)))


def learn_from(task: str, size: str, result: Result) -> None:
    """Learn from a finished call.

    A pack with failed frames teaches nothing: they cost less than the others. Nor does one of pictures never seen.
    """
    execution_ms = result.timings.execution_ms
    if size and execution_ms and not any(isinstance(frame, dict) for frame in result.frames):
        _learn(task, size, Sample(len(result.frames), execution_ms))


def learn_cold_start(milliseconds: float) -> None:
    """Learn how long it took from asking for a worker to its first job."""
    _learn(COLD_START, "", Sample(0, milliseconds))


def _learn(task: str, size: str, sample: Sample) -> None:
    learned = learn(expected_timing(task, size), sample, time.time())
    values = learned.to_dict() | {"updated_at": datetime.fromtimestamp(learned.updated_at, UTC)}
    GpuTiming.objects.update_or_create(
        endpoint=settings.RUNPOD_ENDPOINT_ID, task=task, size_class=size, defaults=values
    )
