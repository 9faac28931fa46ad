from __future__ import annotations

import time

import pytest

from gpu_worker.emulator.billing import Meter
from gpu_worker.emulator.job import Job, Policy, digest
from tests.gpu_worker.emulator.clock import Clock

PACK = {"task": "rembg", "images": ["aa", "bb"]}


def test_a_worker_is_paid_from_its_asking_to_its_end() -> None:
    clock = Clock()
    meter = Meter(0.5, clock)
    meter.asked("w1", 0)
    clock.now += 5
    meter.ready("w1")
    clock.now += 5
    meter.asked("w2", 1)
    meter.stopped("w1")
    clock.now += 2
    report = meter.report()
    assert (report["worker_seconds"], report["cost"], report["price"]) == (12.0, 6.0, 0.5)
    first, second = report["workers"]
    assert (first["worker"], first["slot"], first["seconds"], second["seconds"]) == ("w1", 0, 10.0, 2.0)
    assert first["ready"] - first["asked"] == pytest.approx(5.0)
    assert (second["ready"], second["stopped"]) == (None, None)


def test_times_are_told_in_unix_seconds() -> None:
    meter = Meter()
    meter.asked("w1", 0)
    assert meter.report()["workers"][0]["asked"] == pytest.approx(time.time(), abs=1.0)


def test_an_execution_is_one_job_handed_to_one_worker() -> None:
    clock = Clock()
    meter = Meter(clock=clock)
    job = Job("j1", PACK, False, Policy(), clock())
    meter.execution_started(job, "w1")
    meter.execution_started(job, "w2")
    clock.now += 3
    meter.execution_ended("j1", "w1")
    meter.execution_ended("j1", "stranger")
    done, running = meter.report()["executions"]
    assert (done["job"], done["worker"], done["sha256"], done["frames"]) == ("j1", "w1", digest(PACK), 2)
    assert done["ended"] - done["started"] == pytest.approx(3.0)
    assert running["ended"] is None


def test_a_reset_forgets_what_was_and_goes_on_paying_what_lives() -> None:
    clock = Clock()
    meter = Meter(1.0, clock)
    meter.asked("gone", 0)
    meter.asked("here", 1)
    meter.execution_started(Job("j1", PACK, False, Policy(), clock()), "gone")
    clock.now += 5
    meter.stopped("gone")
    meter.stopped("stranger")
    meter.reset()
    clock.now += 2
    report = meter.report()
    assert report["worker_seconds"] == 2.0
    assert [one["worker"] for one in report["workers"]] == ["here"]
    assert report["executions"] == []
