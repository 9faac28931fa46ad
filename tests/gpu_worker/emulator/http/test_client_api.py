"""RunPod's REST API as the local endpoint serves it, over real HTTP; most tests need no worker."""

from __future__ import annotations

import httpx
import pytest

from tests.gpu_worker.emulator.harness import call_debug_api
from tests.gpu_worker.endpoint_process import LocalEndpoint
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
