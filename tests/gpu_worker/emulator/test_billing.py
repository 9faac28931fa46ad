from __future__ import annotations

import time

import pytest

from gpu_worker.emulator.billing import Billing, worker_name
from tests.gpu_worker.emulator.clock import ManualClock


def test_a_worker_is_paid_from_its_request_to_its_end() -> None:
    clock = ManualClock()
    billing = Billing(0.5, clock)
    billing.worker_requested("w1", 0)
    clock.now += 5
    billing.worker_ready("w1")
    clock.now += 5
    billing.worker_requested("w2", 1)
    billing.worker_stopped("w1")
    clock.now += 2
    report = billing.report()
    assert (report["worker_seconds"], report["cost"], report["price"]) == (12.0, 6.0, 0.5)
    first, second = report["workers"]
    assert (first["worker"], first["slot"], first["seconds"], second["seconds"]) == (worker_name("w1"), 0, 10.0, 2.0)
    assert first["ready"] - first["asked"] == pytest.approx(5.0)
    assert (second["ready"], second["stopped"]) == (None, None)


def test_a_report_has_unix_seconds() -> None:
    billing = Billing()
    billing.worker_requested("w1", 0)
    assert billing.report()["workers"][0]["asked"] == pytest.approx(time.time(), abs=1.0)


def test_an_execution_is_one_job_handed_to_one_worker() -> None:
    clock = ManualClock()
    billing = Billing(clock=clock)
    billing.execution_started("j1", "ab", ["a", "b"], "w1")
    billing.execution_started("j1", "ab", ["a", "b"], "w2")
    clock.now += 3
    billing.execution_ended("j1", "w1")
    billing.execution_ended("j1", "stranger")
    done, running = billing.report()["executions"]
    assert (done["job"], done["worker"], done["sha256"], done["frames"]) == ("j1", worker_name("w1"), "ab", 2)
    assert done["pieces"] == ["a", "b"]
    assert done["ended"] - done["started"] == pytest.approx(3.0)
    assert running["ended"] is None


def test_a_reset_forgets_the_past_and_keeps_paying_live_workers() -> None:
    clock = ManualClock()
    billing = Billing(1.0, clock)
    billing.worker_requested("gone", 0)
    billing.worker_requested("here", 1)
    billing.execution_started("j1", "ab", ["a", "b"], "gone")
    clock.now += 5
    billing.worker_stopped("gone")
    billing.worker_stopped("stranger")
    billing.reset()
    clock.now += 2
    report = billing.report()
    assert report["worker_seconds"] == 2.0
    assert [one["worker"] for one in report["workers"]] == [worker_name("here")]
    assert report["executions"] == []
