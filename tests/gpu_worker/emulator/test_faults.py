"""Every fault of a scenario, met by the SDK's own worker loop."""

from __future__ import annotations

import base64
import hashlib
import io
import time

import httpx
import psutil
import pytest
from PIL import Image

from tests.gpu_worker.emulator.harness import executions, happen, instrument, pack, picture, ready
from tests.gpu_worker.endpoint_process import LocalEndpoint, gone
from tests.polling import until

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(("fault", "status"), [("rate_limited", 429), ("bad_gateway", 502)])
def test_a_request_is_refused_as_often_as_the_scenario_says(sleepy: LocalEndpoint, fault: str, status: int) -> None:
    happen(sleepy, {"fault": fault, "operation": "run", "nth": 2, "times": 2})
    answers = [sleepy.client.post("run", json={"input": {"task": "info"}}).status_code for _ in range(4)]
    assert answers == [200, status, status, 200]
    assert sleepy.client.get("health").status_code == 200
    (told,) = instrument(sleepy, "GET", "scenario")["faults"]
    assert (told["met"], told["fired"]) == (4, 2)


@pytest.mark.parametrize(("fault", "runs"), [("dropped_before", 0), ("dropped_after", 1)])
def test_a_dropped_connection_may_or_may_not_have_queued_the_job(
    sleepy: LocalEndpoint, fault: str, runs: int
) -> None:
    happen(sleepy, {"fault": fault, "operation": "run"})
    with pytest.raises(httpx.TransportError):
        sleepy.run(pack(1))
    jobs = sleepy.health()["jobs"]
    assert jobs["inQueue"] + jobs["inProgress"] + jobs["completed"] == runs


def test_a_slow_answer_is_late_and_right(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "slow", "operation": "health", "seconds": 0.3})
    started = time.monotonic()
    assert sleepy.health()["workers"]["ready"] == 2
    assert 0.3 <= time.monotonic() - started < 2


def test_a_worker_that_crashes_in_mid_job_is_followed_by_another(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "crash", "seconds": 0.3})
    job_id = sleepy.run(pack(60))
    job = sleepy.ended(job_id)
    assert (job["status"], job["retries"]) == ("COMPLETED", 1)
    first, second = executions(sleepy, job_id)
    assert first["worker"] != second["worker"] == job["workerId"]
    assert first["ended"] - first["started"] < 1.1
    assert sleepy.health()["jobs"]["retried"] == 1


def test_a_job_outlives_the_kill_of_its_worker_and_of_what_that_had_started(sleepy: LocalEndpoint) -> None:
    started = sleepy.family()
    job_id = sleepy.run(pack(60))
    first = sleepy.in_progress(job_id)["workerId"]
    for worker in psutil.Process(sleepy.process.pid).children():
        worker.kill()
    until(lambda: all(gone(process) for process in started))
    job = sleepy.ended(job_id)
    assert (job["status"], job["workerId"] != first) == ("COMPLETED", True)
    # Twice, when the second worker was handed the job before its own end.
    assert sleepy.health()["jobs"]["retried"] == job["retries"] in (1, 2)


def test_a_job_over_its_execution_timeout_is_timed_out_and_its_worker_lives(sleepy: LocalEndpoint) -> None:
    job = sleepy.ended(sleepy.run(pack(60), policy={"executionTimeout": 300}))
    assert job["status"] == "TIMED_OUT"
    ready(sleepy, 2)
    assert all(one["stopped"] is None for one in instrument(sleepy, "GET", "meter")["workers"])


def test_a_hanging_worker_is_timed_out_and_replaced(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "hang", "seconds": 0})
    job = sleepy.ended(sleepy.run(pack(1), policy={"executionTimeout": 400}))
    assert job["status"] == "TIMED_OUT"
    assert 400 <= job["executionTime"] < 2000
    until(lambda: sleepy.health()["workers"]["ready"] == 1)
    ready(sleepy, 2)
    left = {one["worker"] for one in instrument(sleepy, "GET", "meter")["workers"] if one["stopped"] is None}
    assert job["workerId"] not in left


def test_a_lost_result_is_completed_without_output(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "lost_result"})
    lost, kept = (sleepy.ended(sleepy.run(pack(1))) for _ in range(2))
    assert (lost["status"], "output" in lost, kept["status"], "output" in kept) == (
        "COMPLETED", False, "COMPLETED", True
    )  # fmt: skip


def test_malformed_base64_follows_one_picture(sleepy: LocalEndpoint) -> None:
    sha256 = hashlib.sha256(picture(11)).hexdigest()
    happen(sleepy, {"fault": "malformed_base64", "picture": sha256, "times": None})
    first, second = sleepy.ended(sleepy.run(pack(2)))["output"]["results"]
    assert base64.b64decode(first["alpha"], validate=True)
    with pytest.raises(ValueError):
        base64.b64decode(second["alpha"], validate=True)
    alone = sleepy.ended(sleepy.run(pack(1)))["output"]["results"]
    assert base64.b64decode(alone[0]["alpha"], validate=True)


def test_a_mask_of_the_wrong_size(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "wrong_size", "frame": 1})
    results = sleepy.ended(sleepy.run(pack(2)))["output"]["results"]
    sizes = [Image.open(io.BytesIO(base64.b64decode(result["alpha"]))).size for result in results]
    assert sizes == [(10, 10), (18, 14)]


def test_a_job_delivered_twice_is_run_twice_and_answered_once(sleepy: LocalEndpoint) -> None:
    happen(sleepy, {"fault": "duplicate_delivery"})
    job_id = sleepy.run(pack(20))
    assert sleepy.ended(job_id)["status"] == "COMPLETED"
    runs = until(lambda: done if len(done := executions(sleepy, job_id)) == 2 else None)
    assert runs[0]["worker"] != runs[1]["worker"]
    assert runs[0]["sha256"] == runs[1]["sha256"]
    assert [one["frames"] for one in runs] == [20, 20]
    ready(sleepy, 2)
    assert sleepy.health()["jobs"]["completed"] == 1


def test_in_a_crash_loop_jobs_wait_and_health_tells(elastic: LocalEndpoint) -> None:
    happen(elastic, {"fault": "crash_loop", "seconds": 0.1})
    job_id = elastic.run(pack(1))
    until(lambda: elastic.health()["workers"]["unhealthy"] == 1)
    assert elastic.status(job_id)["status"] == "IN_QUEUE"
    assert elastic.ended(job_id)["status"] == "COMPLETED"
    workers = instrument(elastic, "GET", "meter")["workers"]
    assert [one["ready"] is not None for one in workers] == [False, True]


def test_a_scenario_that_is_not_understood_is_400_and_says_why(sleepy: LocalEndpoint) -> None:
    url = sleepy.client.base_url.join("/_emulator/scenario")
    response = sleepy.client.post(url, json={"faults": [{"fault": "rain"}]})
    assert response.status_code == 400
    assert "rain" in response.json()["error"]
