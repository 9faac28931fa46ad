"""Killed at any point of its GPU call, a job finishes, and the endpoint has done its work once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.gpu_worker.running import LocalEndpoint
from tests.stack.fixtures import bright, executions, gpu_settings
from tests.stack.killed_run import POINTS
from tests.stack.product import ROOT, Product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("kills")]


def die(product: Product, sleeper: LocalEndpoint, job: str, point: str) -> str:
    """A run of the job that dies there; the work that it sent, or was about to send."""
    environment = os.environ | gpu_settings(sleeper)
    environment |= {"DATA_DIR": str(product.data_dir), "REDIS_URL": product.addresses["REDIS_URL"]}
    run = [sys.executable, "-m", "tests.stack.killed_run", job, point]
    died = subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=60)
    assert died.returncode == -signal.SIGKILL, point
    return died.stdout.decode()


def test_a_kill_at_any_point_of_a_gpu_call_costs_no_second_execution(faulty: Product, sleeper: LocalEndpoint) -> None:
    person, before = faulty.person(), executions(sleeper)
    worker = faulty.child("emojiforge.worker", "bulk")
    worker.suspend()  # so that the run which dies is the first
    jobs: dict[str, dict[str, Any]] = {}
    work: dict[str, str] = {}
    try:
        for nth, point in enumerate(POINTS):
            jobs[point] = person.upload(bright(nth), prompt="bounce", matte="rembg", frame_count=4, candidates=1)[
                "job"
            ]
            work[point] = die(faulty, sleeper, jobs[point]["id"], point)
    finally:
        worker.resume()
    for point in POINTS:
        job = person.finished(jobs[point]["id"], seconds=90)
        assert (job["status"], job["error"]) == ("succeeded", ""), point
        done = executions(sleeper) - before
        unanswered = point in ("before the send", "send unanswered")
        # Of a send without an answer the ledger shows both: the one whose fate is unknown, and its repetition.
        assert job["gpu"]["calls"] == (2 if unanswered else 1), point
        assert done[work[point]] == (2 if point == "send unanswered" else 1), point
