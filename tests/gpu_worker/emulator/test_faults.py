"""Every fault of a scenario, with the SDK's own worker loop."""

from __future__ import annotations

import base64
import hashlib
import io
import time

import httpx
import psutil
import pytest
from PIL import Image

from gpu_worker.emulator.billing import worker_name
from tests.gpu_worker.emulator.harness import (
    call_debug_api,
    executions,
    pack_input,
    set_faults,
    square_png,
    wait_for_idle_workers,
)
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.processes import has_exited, kill_all

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(("fault", "status"), [("rate_limited", 429), ("bad_gateway", 502)])
def test_a_request_fails_as_often_as_the_scenario_says(fake_endpoint: LocalEndpoint, fault: str, status: int) -> None:
    set_faults(fake_endpoint, {"fault": fault, "operation": "run", "nth": 2, "times": 2})
    answers = [fake_endpoint.client.post("run", json={"input": {"task": "info"}}).status_code for _ in range(4)]
    assert answers == [200, status, status, 200]
    assert fake_endpoint.client.get("health").status_code == 200
    (reported,) = call_debug_api(fake_endpoint, "GET", "scenario")["faults"]
    assert (reported["met"], reported["fired"]) == (4, 2)


@pytest.mark.parametrize(("fault", "runs"), [("dropped_before", 0), ("dropped_after", 1)])
def test_a_dropped_connection_may_or_may_not_have_queued_the_job(
    fake_endpoint: LocalEndpoint, fault: str, runs: int
) -> None:
    set_faults(fake_endpoint, {"fault": fault, "operation": "run"})
    with pytest.raises(httpx.TransportError):
        fake_endpoint.run(pack_input(1))
    jobs = fake_endpoint.health()["jobs"]
    assert jobs["inQueue"] + jobs["inProgress"] + jobs["completed"] == runs


def test_a_slow_answer_is_late_and_right(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "slow", "operation": "health", "seconds": 0.3})
    started = time.monotonic()
    assert fake_endpoint.health()["workers"]["ready"] == 2
    assert time.monotonic() - started >= 0.3


def test_a_job_whose_worker_crashes_runs_on_another(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "crash", "seconds": 0.3})
    job_id = fake_endpoint.run(pack_input(60))
    job = fake_endpoint.wait_until_ended(job_id)
    assert (job["status"], job["retries"]) == ("COMPLETED", 1)
    first, second = executions(fake_endpoint, job_id)
    assert first["worker"] != second["worker"] == worker_name(job["workerId"])
    assert first["ended"] - first["started"] < 1.1
    assert fake_endpoint.health()["jobs"]["retried"] == 1


def test_a_job_outlives_the_kill_of_its_worker_and_of_what_that_had_started(fake_endpoint: LocalEndpoint) -> None:
    started = fake_endpoint.descendants()
    job_id = fake_endpoint.run(pack_input(60))
    first = fake_endpoint.wait_until_in_progress(job_id)["workerId"]
    kill_all(psutil.Process(fake_endpoint.process.pid).children())
    until(lambda: all(has_exited(process) for process in started))
    job = fake_endpoint.wait_until_ended(job_id)
    assert (job["status"], job["workerId"] != first) == ("COMPLETED", True)
    # Twice, when the second worker was handed the job before its own end.
    assert fake_endpoint.health()["jobs"]["retried"] == job["retries"] in (1, 2)


def test_a_job_over_its_execution_timeout_is_timed_out_and_its_worker_lives(fake_endpoint: LocalEndpoint) -> None:
    job = fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(60), policy={"executionTimeout": 300}))
    assert job["status"] == "TIMED_OUT"
    wait_for_idle_workers(fake_endpoint, 2)
    assert all(one["stopped"] is None for one in call_debug_api(fake_endpoint, "GET", "billing")["workers"])


def test_a_hanging_worker_is_timed_out_and_replaced(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "hang", "seconds": 0})
    job = fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(1), policy={"executionTimeout": 400}))
    assert job["status"] == "TIMED_OUT"
    assert 400 <= job["executionTime"] < 2000
    until(lambda: fake_endpoint.health()["workers"]["ready"] == 1)
    wait_for_idle_workers(fake_endpoint, 2)
    left = {
        one["worker"] for one in call_debug_api(fake_endpoint, "GET", "billing")["workers"] if one["stopped"] is None
    }
    assert worker_name(job["workerId"]) not in left


def test_a_lost_result_is_completed_without_output(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "lost_result"})
    lost, kept = (fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(1))) for _ in range(2))
    assert (lost["status"], "output" in lost, kept["status"], "output" in kept) == (
        "COMPLETED", False, "COMPLETED", True
    )  # fmt: skip


def test_malformed_base64_follows_one_picture(fake_endpoint: LocalEndpoint) -> None:
    sha256 = hashlib.sha256(square_png(11)).hexdigest()
    set_faults(fake_endpoint, {"fault": "malformed_base64", "picture": sha256, "times": None})
    first, second = fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(2)))["output"]["results"]
    assert base64.b64decode(first["alpha"], validate=True)
    with pytest.raises(ValueError):
        base64.b64decode(second["alpha"], validate=True)
    alone = fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(1)))["output"]["results"]
    assert base64.b64decode(alone[0]["alpha"], validate=True)


def test_the_named_frame_gets_a_mask_of_the_wrong_size(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "wrong_size", "frame": 1})
    results = fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(2)))["output"]["results"]
    sizes = [Image.open(io.BytesIO(base64.b64decode(result["alpha"]))).size for result in results]
    assert sizes == [(10, 10), (18, 14)]


def test_a_job_delivered_twice_is_run_twice_and_answered_once(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "duplicate_delivery"})
    job_id = fake_endpoint.run(pack_input(20))
    assert fake_endpoint.wait_until_ended(job_id)["status"] == "COMPLETED"
    runs = until(lambda: done if len(done := executions(fake_endpoint, job_id)) == 2 else None)
    assert runs[0]["worker"] != runs[1]["worker"]
    assert runs[0]["sha256"] == runs[1]["sha256"]
    assert [one["frames"] for one in runs] == [20, 20]
    wait_for_idle_workers(fake_endpoint, 2)
    assert fake_endpoint.health()["jobs"]["completed"] == 1


def test_in_a_crash_loop_jobs_wait_and_health_shows_it(scaling_endpoint: LocalEndpoint) -> None:
    set_faults(scaling_endpoint, {"fault": "crash_loop", "seconds": 0.1})
    job_id = scaling_endpoint.run(pack_input(1))
    until(lambda: scaling_endpoint.health()["workers"]["unhealthy"] == 1)
    assert scaling_endpoint.status(job_id)["status"] == "IN_QUEUE"
    assert scaling_endpoint.wait_until_ended(job_id)["status"] == "COMPLETED"
    workers = call_debug_api(scaling_endpoint, "GET", "billing")["workers"]
    assert [one["ready"] is not None for one in workers] == [False, True]
