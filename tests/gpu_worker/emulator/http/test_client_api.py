"""RunPod's REST API as the local endpoint serves it, over real HTTP; most tests need no worker."""

from __future__ import annotations

import httpx
import pytest

from tests.gpu_worker.emulator.harness import call_debug_api, pack_input, wait_for_idle_workers
from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until

pytestmark = pytest.mark.stack
INFO = {"input": {"task": "info"}}


def test_a_run_is_queued_and_status_shows_it(workerless_endpoint: LocalEndpoint) -> None:
    before = workerless_endpoint.health()["jobs"]["inQueue"]
    answer = workerless_endpoint.call("POST", "run", json=INFO)
    assert answer["status"] == "IN_QUEUE"
    assert workerless_endpoint.status(answer["id"]) == answer
    assert workerless_endpoint.health()["jobs"]["inQueue"] == before + 1
    workerless_endpoint.call("POST", f"cancel/{answer['id']}")


def test_a_runsync_that_times_out_returns_the_jobs_status(workerless_endpoint: LocalEndpoint) -> None:
    answer = workerless_endpoint.call("POST", "runsync", json=INFO, params={"wait": 1000})
    assert answer["status"] == "IN_QUEUE"
    assert answer["id"].startswith("sync-")
    assert workerless_endpoint.call("POST", f"cancel/{answer['id']}") == {"id": answer["id"], "status": "CANCELLED"}


def test_a_queued_job_can_be_cancelled_and_not_retried(workerless_endpoint: LocalEndpoint) -> None:
    job_id = workerless_endpoint.run({"task": "info"})
    assert workerless_endpoint.client.post(f"retry/{job_id}").status_code == 400
    assert workerless_endpoint.call("POST", f"cancel/{job_id}")["status"] == "CANCELLED"
    assert workerless_endpoint.status(job_id)["status"] == "CANCELLED"


def test_a_job_past_its_ttl_is_404(workerless_endpoint: LocalEndpoint) -> None:
    job_id = workerless_endpoint.run({"task": "info"}, policy={"ttl": 1})
    assert until(lambda: workerless_endpoint.client.get(f"status/{job_id}").status_code == 404, 5)


@pytest.mark.parametrize("path", ["status/nobody", "cancel/nobody", "retry/nobody"])
def test_an_unknown_job_and_an_unknown_endpoint_are_404_with_different_messages(
    workerless_endpoint: LocalEndpoint, path: str
) -> None:
    method = "GET" if path.startswith("status") else "POST"
    job = workerless_endpoint.client.request(method, path)
    endpoint = workerless_endpoint.client.request(method, f"../other/{path}")
    assert (job.status_code, endpoint.status_code) == (404, 404)
    assert job.json() == {"error": "job not found"}
    assert endpoint.json() == {"error": "endpoint not found"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("run", b"not json"),
        ("run", b"[]"),
        ("run", b"{}"),
        ("run", b'{"input": "text"}'),
        ("run", b'{"input": {}, "policy": {"ttl": "soon"}}'),
        ("run", b'{"input": {}, "policy": []}'),
        ("runsync?wait=5", b'{"input": {}}'),
        ("runsync?wait=soon", b'{"input": {}}'),
        ("run", b'{"input": {}, "webhook": 7}'),
    ],
)
def test_a_malformed_request_is_400(workerless_endpoint: LocalEndpoint, path: str, content: bytes) -> None:
    response = workerless_endpoint.client.post(path, content=content)
    assert response.status_code == 400
    assert response.json()["error"].startswith("bad request")


@pytest.mark.parametrize(("path", "limit"), [("run", 10_000_000), ("runsync?wait=1000", 20_000_000)])
def test_bodies_over_runpods_limits_are_refused(workerless_endpoint: LocalEndpoint, path: str, limit: int) -> None:
    def chunks() -> object:
        yield from [b"x" * 1_000_000] * (limit // 1_000_000 + 1)

    for content in (b"x" * (limit + 1), chunks()):
        response = workerless_endpoint.client.post(path, content=content)  # type: ignore[arg-type]
        assert response.status_code == 400
        assert "exceeded max body size" in response.json()["error"]


def test_a_body_just_within_the_limit_is_taken(workerless_endpoint: LocalEndpoint) -> None:
    job_id = workerless_endpoint.run({"task": "info", "padding": "x" * 9_900_000})
    assert workerless_endpoint.call("POST", f"cancel/{job_id}")["status"] == "CANCELLED"


@pytest.mark.parametrize("bearer", [{}, {"Authorization": "Bearer wrong"}])
def test_a_request_without_the_key_of_the_settings_is_401(
    workerless_endpoint: LocalEndpoint, bearer: dict[str, str]
) -> None:
    with httpx.Client(base_url=workerless_endpoint.client.base_url, trust_env=False, headers=bearer) as stranger:
        assert stranger.get("health").status_code == 401
        assert stranger.post("run", json=INFO).status_code == 401


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


def test_a_ttl_of_status_makes_a_job_forgotten_sooner(workerless_endpoint: LocalEndpoint) -> None:
    job_id = workerless_endpoint.run({"task": "info"})
    assert workerless_endpoint.call("GET", f"status/{job_id}", params={"ttl": 1})["status"] == "IN_QUEUE"
    assert until(lambda: workerless_endpoint.client.get(f"status/{job_id}").status_code == 404, 5)
    assert (
        workerless_endpoint.client.get(f"status/{workerless_endpoint.run({})}", params={"ttl": "soon"}).status_code
        == 400
    )
    call_debug_api(workerless_endpoint, "POST", "reset")


def test_a_purge_removes_what_waits_and_is_allowed_twice_in_ten_seconds(workerless_endpoint: LocalEndpoint) -> None:
    call_debug_api(workerless_endpoint, "POST", "reset")
    job_ids = [workerless_endpoint.run({"task": "info"}) for _ in range(3)]
    assert workerless_endpoint.call("POST", "purge-queue") == {"removed": 3, "status": "completed"}
    assert {workerless_endpoint.status(job_id)["status"] for job_id in job_ids} == {"CANCELLED"}
    assert workerless_endpoint.call("POST", "purge-queue")["removed"] == 0
    assert workerless_endpoint.client.post("purge-queue").status_code == 429
    call_debug_api(workerless_endpoint, "POST", "reset")


def test_a_queue_that_is_too_long_rejects_jobs(workerless_endpoint: LocalEndpoint) -> None:
    call_debug_api(workerless_endpoint, "POST", "reset")
    answers = [workerless_endpoint.client.post("run", json=INFO).status_code for _ in range(52)]
    assert answers == [200] * 51 + [429]
    call_debug_api(workerless_endpoint, "POST", "reset")


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


def test_the_debug_api_rejects_a_body_that_it_cannot_use(workerless_endpoint: LocalEndpoint) -> None:
    url = workerless_endpoint.client.base_url.join("/_emulator/throttle")
    assert workerless_endpoint.client.post(url, json={}).status_code == 400


def test_a_cancelled_job_stops_and_its_worker_lives(fake_endpoint: LocalEndpoint) -> None:
    job_id = fake_endpoint.run(pack_input(60))
    worker = fake_endpoint.wait_until_in_progress(job_id)["workerId"]
    assert fake_endpoint.call("POST", f"cancel/{job_id}") == {"id": job_id, "status": "CANCELLED"}
    assert fake_endpoint.health()["workers"]["running"] == 1
    wait_for_idle_workers(fake_endpoint, 2)
    (reported,) = [one for one in call_debug_api(fake_endpoint, "GET", "meter")["workers"] if one["worker"] == worker]
    assert reported["stopped"] is None


def test_the_debug_api_is_mounted_on_loopback_alone() -> None:
    endpoint = start_endpoint(0, arguments=("--host", "0.0.0.0"))
    url = endpoint.client.base_url.join("/_emulator/meter")
    answers = endpoint.client.get(url).status_code, endpoint.client.get("health").status_code
    endpoint.stop()
    assert answers == (404, 200)
    assert endpoint.process.returncode == 0
