"""RunPod's REST API as the local endpoint speaks it, over real HTTP; no worker is needed for these."""

from __future__ import annotations

import httpx
import pytest

from tests.gpu_worker.emulator.harness import instrument, pack, ready
from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until

pytestmark = pytest.mark.stack
INFO = {"input": {"task": "info"}}


def test_a_run_is_queued_and_told_by_status(queue: LocalEndpoint) -> None:
    before = queue.health()["jobs"]["inQueue"]
    answer = queue.call("POST", "run", json=INFO)
    assert answer["status"] == "IN_QUEUE"
    assert queue.status(answer["id"]) == answer
    assert queue.health()["jobs"]["inQueue"] == before + 1
    queue.call("POST", f"cancel/{answer['id']}")


def test_a_runsync_that_waits_in_vain_says_where_the_job_is(queue: LocalEndpoint) -> None:
    answer = queue.call("POST", "runsync", json=INFO, params={"wait": 1000})
    assert answer["status"] == "IN_QUEUE"
    assert answer["id"].startswith("sync-")
    assert queue.call("POST", f"cancel/{answer['id']}") == {"id": answer["id"], "status": "CANCELLED"}


def test_a_queued_job_can_be_cancelled_and_not_retried(queue: LocalEndpoint) -> None:
    job_id = queue.run({"task": "info"})
    assert queue.client.post(f"retry/{job_id}").status_code == 400
    assert queue.call("POST", f"cancel/{job_id}")["status"] == "CANCELLED"
    assert queue.status(job_id)["status"] == "CANCELLED"


def test_a_job_past_its_ttl_is_404(queue: LocalEndpoint) -> None:
    job_id = queue.run({"task": "info"}, policy={"ttl": 1})
    assert until(lambda: queue.client.get(f"status/{job_id}").status_code == 404, 5)


@pytest.mark.parametrize("path", ["status/nobody", "cancel/nobody", "retry/nobody"])
def test_an_unknown_job_is_404_in_other_words_than_an_unknown_endpoint(queue: LocalEndpoint, path: str) -> None:
    method = "GET" if path.startswith("status") else "POST"
    job = queue.client.request(method, path)
    endpoint = queue.client.request(method, f"../other/{path}")
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
def test_a_malformed_request_is_400(queue: LocalEndpoint, path: str, content: bytes) -> None:
    response = queue.client.post(path, content=content)
    assert response.status_code == 400
    assert response.json()["error"].startswith("bad request")


@pytest.mark.parametrize(("path", "limit"), [("run", 10_000_000), ("runsync?wait=1000", 20_000_000)])
def test_bodies_over_runpods_limits_are_refused(queue: LocalEndpoint, path: str, limit: int) -> None:
    def chunks() -> object:
        yield from [b"x" * 1_000_000] * (limit // 1_000_000 + 1)

    for content in (b"x" * (limit + 1), chunks()):
        response = queue.client.post(path, content=content)  # type: ignore[arg-type]
        assert response.status_code == 400
        assert "exceeded max body size" in response.json()["error"]


def test_a_body_just_within_the_limit_is_taken(queue: LocalEndpoint) -> None:
    job_id = queue.run({"task": "info", "padding": "x" * 9_900_000})
    assert queue.call("POST", f"cancel/{job_id}")["status"] == "CANCELLED"


@pytest.mark.parametrize("bearer", [{}, {"Authorization": "Bearer wrong"}])
def test_a_key_in_the_settings_is_asked_for(queue: LocalEndpoint, bearer: dict[str, str]) -> None:
    with httpx.Client(base_url=queue.client.base_url, trust_env=False, headers=bearer) as stranger:
        assert stranger.get("health").status_code == 401
        assert stranger.post("run", json=INFO).status_code == 401


def test_a_stranger_can_neither_take_jobs_nor_hand_results_in(queue: LocalEndpoint) -> None:
    job_id = queue.run({"task": "info"})
    for method, path in (
        ("GET", "job-take/me"),
        ("GET", "job-take-batch/me"),
        ("GET", "job-stop/me"),
        ("POST", f"job-done/me/{job_id}"),
        ("POST", f"job-stream/me/{job_id}"),
    ):
        assert queue.client.request(method, path, json={}).status_code == 401
    assert queue.status(job_id)["status"] == "IN_QUEUE"
    queue.call("POST", f"cancel/{job_id}")


def test_a_job_can_be_told_to_be_forgotten_sooner(queue: LocalEndpoint) -> None:
    job_id = queue.run({"task": "info"})
    assert queue.call("GET", f"status/{job_id}", params={"ttl": 1})["status"] == "IN_QUEUE"
    assert until(lambda: queue.client.get(f"status/{job_id}").status_code == 404, 5)
    assert queue.client.get(f"status/{queue.run({})}", params={"ttl": "soon"}).status_code == 400
    instrument(queue, "POST", "reset")


def test_a_purge_removes_what_waits_and_is_allowed_twice_in_ten_seconds(queue: LocalEndpoint) -> None:
    instrument(queue, "POST", "reset")
    job_ids = [queue.run({"task": "info"}) for _ in range(3)]
    assert queue.call("POST", "purge-queue") == {"removed": 3, "status": "completed"}
    assert {queue.status(job_id)["status"] for job_id in job_ids} == {"CANCELLED"}
    assert queue.call("POST", "purge-queue")["removed"] == 0
    assert queue.client.post("purge-queue").status_code == 429
    instrument(queue, "POST", "reset")


def test_a_queue_that_is_too_long_takes_no_more(queue: LocalEndpoint) -> None:
    instrument(queue, "POST", "reset")
    answers = [queue.client.post("run", json=INFO).status_code for _ in range(52)]
    assert answers == [200] * 51 + [429]
    instrument(queue, "POST", "reset")


def test_partial_results_are_streamed_once_and_progress_is_shown(sleepy: LocalEndpoint) -> None:
    job_id = sleepy.run(pack(30))
    worker = sleepy.in_progress(job_id)["workerId"]
    # In the worker's name, as the SDK sends them.
    for chunk in ("one", "two"):
        sleepy.call("POST", f"job-stream/{worker}/{job_id}", json={"output": chunk})
    assert sleepy.call("GET", f"stream/{job_id}") == {
        "status": "IN_PROGRESS", "stream": [{"output": "one"}, {"output": "two"}]
    }  # fmt: skip
    assert sleepy.call("GET", f"stream/{job_id}")["stream"] == []
    sleepy.call("POST", f"job-done/{worker}/{job_id}", json={"status": "IN_PROGRESS", "output": "half"})
    assert sleepy.status(job_id)["output"] == "half"
    assert len(sleepy.ended(job_id)["output"]["results"]) == 30


def test_a_result_over_the_limit_leaves_a_completed_job_without_output(sleepy: LocalEndpoint) -> None:
    job_id = sleepy.run(pack(60))
    path = f"job-done/{sleepy.in_progress(job_id)['workerId']}/{job_id}"
    # In the worker's name, which is busy with the pack still.
    assert sleepy.client.post(path, content=b'"' + b"x" * 10_000_000 + b'"').status_code == 400
    job = sleepy.status(job_id)
    assert job["status"] == "COMPLETED"
    assert "output" not in job
    # What the worker hands in later is not taken.
    ready(sleepy, 2)
    assert "output" not in sleepy.status(job_id)


def test_a_worker_that_wants_several_jobs_is_handed_a_list(sleepy: LocalEndpoint) -> None:
    busy = [sleepy.run(pack(60)) for _ in range(2)]
    worker, _ = (sleepy.in_progress(job_id)["workerId"] for job_id in busy)
    waiting = [sleepy.run({"task": "info"}) for _ in range(3)]
    taken = sleepy.call("GET", f"job-take-batch/{worker}", params={"batch_size": 2})
    assert [job["id"] for job in taken] == waiting[:2]
    assert taken[0]["input"] == {"task": "info"}


def test_the_instruments_say_what_they_need(queue: LocalEndpoint) -> None:
    url = queue.client.base_url.join("/_emulator/throttle")
    assert queue.client.post(url, json={}).status_code == 400


def test_a_cancelled_job_stops_and_its_worker_lives(sleepy: LocalEndpoint) -> None:
    job_id = sleepy.run(pack(60))
    worker = sleepy.in_progress(job_id)["workerId"]
    assert sleepy.call("POST", f"cancel/{job_id}") == {"id": job_id, "status": "CANCELLED"}
    assert sleepy.health()["workers"]["running"] == 1
    ready(sleepy, 2)
    (told,) = [one for one in instrument(sleepy, "GET", "meter")["workers"] if one["worker"] == worker]
    assert told["stopped"] is None


def test_the_instruments_are_there_on_loopback_alone() -> None:
    endpoint = start_endpoint(0, arguments=("--host", "0.0.0.0"))
    url = endpoint.client.base_url.join("/_emulator/meter")
    answers = endpoint.client.get(url).status_code, endpoint.client.get("health").status_code
    endpoint.stop()
    assert answers == (404, 200)
    assert endpoint.process.returncode == 0
