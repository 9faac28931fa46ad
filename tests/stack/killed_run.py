"""One run of a job that dies at a chosen point of its GPU call: `python -m tests.stack.killed_run JOB POINT`.

It is what a work-horse does, in the settings of a product that runs (`DATA_DIR`), and ends by SIGKILL. Its standard
output is the SHA-256 of the work it sent, as the endpoint's billing counts it. Exit status 1: it lived.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from typing import Final

import django
import httpx

POINTS: Final = ("before the send", "send unanswered", "after the answer", "while polling", "after the result")


class DyingTransport(httpx.AsyncHTTPTransport):
    """The transport of the real client, until the moment has come."""

    point = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        send = request.url.path.endswith("/run")
        if send:
            report(json.loads(await request.aread())["input"])
        if (send and self.point == POINTS[0]) or ("/status/" in request.url.path and self.point == POINTS[2]):
            die()
        response = await super().handle_async_request(request)
        if send and self.point == POINTS[1]:
            die()
        if "/status/" in request.url.path:
            state = json.loads(await response.aread())["status"]
            under_way = state in ("IN_QUEUE", "IN_PROGRESS")
            if self.point == (POINTS[3] if under_way else POINTS[4]):
                die()
        return response


def report(work: object) -> None:
    compact = json.dumps(work, sort_keys=True, separators=(",", ":"))
    sys.stdout.write(hashlib.sha256(compact.encode()).hexdigest())
    sys.stdout.flush()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(job_id: str, point: str) -> None:
    DyingTransport.point = point
    httpx.AsyncHTTPTransport = DyingTransport  # type: ignore[misc]
    httpx._client.AsyncHTTPTransport = DyingTransport  # type: ignore[attr-defined]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    from animations.work.run import run

    if point == POINTS[3]:
        expect_nothing()
    run(job_id)


def expect_nothing() -> None:
    """Let this run alone expect the GPU to be so quick that its first question finds the job still under way.

    The runs after it must not: they would think every call late, and send its frames to a second worker.
    """
    from animations.work.gpu import timings
    from gpu.batch.execution_time import Timing

    def expected_timing(task: str, size: str) -> Timing:
        return Timing(per_frame_ms=1, per_call_ms=1, samples=8, updated_at=time.time())

    timings.expected_timing = expected_timing


if __name__ == "__main__":
    assert sys.argv[2] in POINTS
    main(*sys.argv[1:])
    sys.exit(1)
