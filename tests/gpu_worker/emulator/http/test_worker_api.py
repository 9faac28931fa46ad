"""The API that workers call, with the SDK's own loop and in a worker's name."""

from __future__ import annotations

import pytest

from gpu_worker.emulator.billing import worker_name
from tests.gpu_worker.emulator.harness import call_debug_api, pack_input, wait_for_idle_workers
from tests.gpu_worker.endpoint_process import LocalEndpoint

pytestmark = pytest.mark.stack


def test_a_stranger_can_neither_take_jobs_nor_submit_results(workerless_endpoint: LocalEndpoint) -> None:
    job_id = workerless_endpoint.run({"task": "info"})
    for method, path in (
        ("GET", "job-take/me"),
        ("GET", "job-take-batch/me"),
        ("GET", "job-stop/me"),
        ("POST", f"job-done/me/{job_id}"),
        ("POST", f"job-stream/me/{job_id}"),
    ):
        assert workerless_endpoint.client.request(method, path, json={}).status_code == 401
    assert workerless_endpoint.status(job_id)["status"] == "IN_QUEUE"
    workerless_endpoint.call("POST", f"cancel/{job_id}")


def test_partial_results_are_streamed_once_and_progress_is_shown(fake_endpoint: LocalEndpoint) -> None:
    job_id = fake_endpoint.run(pack_input(30))
    worker = fake_endpoint.wait_until_in_progress(job_id)["workerId"]
    # In the worker's name, as the SDK sends them.
    for chunk in ("one", "two"):
        fake_endpoint.call("POST", f"job-stream/{worker}/{job_id}", json={"output": chunk})
    assert fake_endpoint.call("GET", f"stream/{job_id}") == {
        "status": "IN_PROGRESS", "stream": [{"output": "one"}, {"output": "two"}]
    }  # fmt: skip
    assert fake_endpoint.call("GET", f"stream/{job_id}")["stream"] == []
    fake_endpoint.call("POST", f"job-done/{worker}/{job_id}", json={"status": "IN_PROGRESS", "output": "half"})
    assert fake_endpoint.status(job_id)["output"] == "half"
    assert len(fake_endpoint.wait_until_ended(job_id)["output"]["results"]) == 30


def test_a_result_over_the_limit_leaves_a_completed_job_without_output(fake_endpoint: LocalEndpoint) -> None:
    job_id = fake_endpoint.run(pack_input(60))
    path = f"job-done/{fake_endpoint.wait_until_in_progress(job_id)['workerId']}/{job_id}"
    # In the worker's name, which is busy with the pack still.
    assert fake_endpoint.client.post(path, content=b'"' + b"x" * 10_000_000 + b'"').status_code == 400
    job = fake_endpoint.status(job_id)
    assert job["status"] == "COMPLETED"
    assert "output" not in job
    # What the worker hands in later is not taken.
    wait_for_idle_workers(fake_endpoint, 2)
    assert "output" not in fake_endpoint.status(job_id)


def test_a_worker_that_takes_a_batch_gets_a_list(fake_endpoint: LocalEndpoint) -> None:
    busy = [fake_endpoint.run(pack_input(60)) for _ in range(2)]
    worker, _ = (fake_endpoint.wait_until_in_progress(job_id)["workerId"] for job_id in busy)
    waiting = [fake_endpoint.run({"task": "info"}) for _ in range(3)]
    taken = fake_endpoint.call("GET", f"job-take-batch/{worker}", params={"batch_size": 2})
    assert [job["id"] for job in taken] == waiting[:2]
    assert taken[0]["input"] == {"task": "info"}


def test_a_cancelled_job_stops_and_its_worker_lives(fake_endpoint: LocalEndpoint) -> None:
    job_id = fake_endpoint.run(pack_input(60))
    worker = fake_endpoint.wait_until_in_progress(job_id)["workerId"]
    assert fake_endpoint.call("POST", f"cancel/{job_id}") == {"id": job_id, "status": "CANCELLED"}
    assert fake_endpoint.health()["workers"]["running"] == 1
    wait_for_idle_workers(fake_endpoint, 2)
    (reported,) = [
        one
        for one in call_debug_api(fake_endpoint, "GET", "billing")["workers"]
        if one["worker"] == worker_name(worker)
    ]
    assert reported["stopped"] is None
