"""Killed at any point of a GPU call, a job finishes, and the endpoint has done its work once."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.stack.fixtures import bright, executed, executions, gpu_settings
from tests.stack.killed_run import POINTS
from tests.stack.product import ROOT, Person, Product, rows_of

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("kills")]

FRAMES = 6
UNANSWERED = ("before the send", "send unanswered")
"""Where nobody can know whether the endpoint has the call."""


def die(product: Product, fake_gpu: LocalEndpoint, job: str, point: str) -> str:
    """Run the job until it dies there; return the work that it sent, or was about to send."""
    environment = os.environ | gpu_settings(fake_gpu)
    environment |= {"DATA_DIR": str(product.data_dir), "REDIS_URL": product.addresses["REDIS_URL"]}
    run = [sys.executable, "-m", "tests.stack.killed_run", job, point]
    died = subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=60)
    assert died.returncode == -signal.SIGKILL, point
    return died.stdout.decode()


@dataclass
class KilledJob:
    """A job whose first run died, and the last work which that run sent or was about to send."""

    job: str
    work: str


def killed_at_each_point(
    product: Product, fake_gpu: LocalEndpoint, upload: Callable[[int], dict[str, str]]
) -> dict[str, KilledJob]:
    """Kill a job at each point, and return the killed jobs by point. `upload(nth)` makes a job."""
    workers = product.workers("bulk")
    for worker in workers:
        worker.suspend()  # so that the run which dies is the first
    try:
        jobs = {point: upload(nth)["id"] for nth, point in enumerate(POINTS)}
        return {point: KilledJob(job, die(product, fake_gpu, job, point)) for point, job in jobs.items()}
    finally:
        for worker in workers:
            worker.resume()


@dataclass(frozen=True)
class Call:
    """A call in the ledger. `key` is its work's, and a hedge has one of its own (`gpu.batch.packs.pack_key`)."""

    remote_id: str
    status: str
    key: str
    frame_keys: str


def ledger(product: Product, job: str) -> list[Call]:
    query = "SELECT remote_id, status, key, frame_keys FROM animations_gpucall WHERE job_id = ?"
    return [Call(*row) for row in rows_of(product.data_dir, query, job)]


def finished(person: Person, product: Product, job: str, point: str) -> list[Call]:
    """Finish the job, and return the calls in its ledger."""
    found = person.finished(job, seconds=90)
    assert (found["status"], found["error"]) == ("succeeded", ""), point
    return ledger(product, job)


def test_a_kill_at_any_point_of_a_gpu_call_costs_no_second_execution(
    faulty: Product, fake_gpu: LocalEndpoint
) -> None:
    person, before = faulty.person(), executions(fake_gpu)

    def upload(nth: int) -> dict[str, str]:
        options: dict[str, Any] = {"prompt": "bounce", "matte": "rembg", "frame_count": 4, "candidates": 1}
        return dict(person.upload(bright(nth), **options)["job"])

    for point, killed in killed_at_each_point(faulty, fake_gpu, upload).items():
        calls = finished(person, faulty, killed.job, point)
        hedges = len({call.key for call in calls}) - 1
        # Of a send without an answer the ledger shows both: the one whose fate is unknown, and its repetition.
        assert len(calls) - hedges == (2 if point in UNANSWERED else 1), f"{point}: {calls}"
        twice = (executions(fake_gpu) - before)[killed.work] - (2 if point == "send unanswered" else 1)
        assert 0 <= twice <= hedges, f"{point}: {calls}"


def clip(nth: int) -> bytes:
    """Write a GIF whose frames are in no other: each is of a grey of its own."""
    greys = [130 + 3 * (FRAMES * nth + index) for index in range(FRAMES)]
    first, *others = [Image.new("RGB", (256, 192), (grey,) * 3) for grey in greys]
    kept = io.BytesIO()
    first.save(kept, "GIF", save_all=True, append_images=others, duration=80, loop=0)
    return kept.getvalue()


def asked_once(calls: list[Call]) -> bool:
    """Tell whether each frame is in one of these calls; a hedge is the same frames, given to a second worker."""
    frames = [frame for frame_keys in {call.frame_keys for call in calls} for frame in json.loads(frame_keys)]
    return len(frames) == len(set(frames)) == FRAMES and len({call.key for call in calls}) == len(calls)


def test_a_kill_at_any_point_of_the_calls_of_a_clip_costs_no_frame_a_second_execution(
    faulty: Product, fake_gpu: LocalEndpoint
) -> None:
    person, past = faulty.person(), executed(fake_gpu)

    def upload(nth: int) -> dict[str, str]:
        return dict(person.upload(clip(nth), "clip.gif", matte="rembg")["job"])

    known: set[str] = set()
    lost = 0
    for point, killed in killed_at_each_point(faulty, fake_gpu, upload).items():
        calls = finished(person, faulty, killed.job, point)
        done = Counter(executed(fake_gpu)) - Counter(past)
        succeeded = [call for call in calls if call.status == "succeeded"]
        assert asked_once(succeeded), f"{point}: a frame was asked for twice, or never: {calls}"
        assert [done[call.remote_id] for call in succeeded] == [1] * len(succeeded), point
        uncertain = [call.status for call in calls].count("uncertain")
        assert bool(uncertain) == (point in UNANSWERED), f"{point}: {calls}"
        lost += uncertain if point == "send unanswered" else 0
        known |= {call.remote_id for call in calls}
    unknown = (Counter(executed(fake_gpu)) - Counter(past)).keys() - known
    assert 1 <= len(unknown) <= lost, "only what was sent without an answer is done in vain"
