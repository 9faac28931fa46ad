"""The comparison of the chaos script finds work that was done again without need."""

from __future__ import annotations

from typing import Any

from gpu.batch.packs import pack_key
from gpu_worker.emulator.billing import Billing
from gpu_worker.emulator.jobs.table import JobTable
from tests.chaos.executions import repeated_jobs, repeated_work


def execution(job: str, *pieces: str) -> dict[str, Any]:
    return {"job": job, "pieces": pieces}


def call(status: str, remote_id: str, *frame_keys: str) -> dict[str, Any]:
    key = pack_key(frame_keys)
    return {"status": status, "remote_id": remote_id, "frame_keys": frame_keys, "key": key, "error": ""}


def test_work_is_repeated_if_more_remote_jobs_did_it_than_the_ledger_explains() -> None:
    executions = [execution("j1", "cat", "dog"), execution("j2", "cat")]
    succeeded = call("succeeded", "j2", "the cat")
    assert list(repeated_work(executions, [call("uncertain", "", "the cat", "the dog"), succeeded])) == []
    assert list(repeated_work(executions, [call("failed", "j1", "the cat", "the dog"), succeeded])) == []
    (found,) = repeated_work(executions, [call("succeeded", "j1", "the cat", "the dog"), succeeded])
    assert found.startswith("the cat was executed as ['j1', 'j2']; the ledger has: succeeded")


def test_the_same_picture_in_two_projects_is_not_the_same_work() -> None:
    executions = [execution("j1", "cat"), execution("j2", "cat")]
    rows = [call("succeeded", "j1", "the cat of one"), call("succeeded", "j2", "the cat of another")]
    assert list(repeated_work(executions, rows)) == []


def test_a_job_that_the_ledger_does_not_know_is_named() -> None:
    executions = [execution("j1", "cat"), execution("j2", "cat")]
    (found,) = repeated_work(executions, [call("succeeded", "j1", "the cat")])
    assert found.endswith("which does not know ['j2']")


def test_an_unsure_call_for_other_work_explains_nothing() -> None:
    executions = [execution("j1", "cat"), execution("j2", "cat"), execution("j3", "dog")]
    rows = [call("succeeded", "j1", "the cat"), call("succeeded", "j2", "the cat"), call("failed", "j3", "the dog")]
    assert len(list(repeated_work(executions, rows))) == 1


def test_a_job_that_its_endpoint_started_again_is_counted_for_itself() -> None:
    executions = [execution("j1", "cat"), execution("j1", "cat")]
    assert list(repeated_work(executions, [call("succeeded", "j1", "the cat")])) == []
    assert repeated_jobs(executions) == 1


def test_a_job_whose_worker_is_killed_is_executed_again_under_its_own_id() -> None:
    billing = Billing()
    jobs = JobTable(lambda: None, billing=billing)
    job = jobs.submit({"task": "rembg", "image": "a cat"})
    jobs.take("first")
    jobs.worker_lost("first")
    jobs.take("second")
    jobs.finish(job.id, "second", {"output": {}})
    executions = billing.report()["executions"]
    assert [one["job"] for one in executions] == [job.id, job.id]
    assert list(repeated_work(executions, [call("succeeded", job.id, "the cat")])) == []
    assert repeated_jobs(executions) == 1


def test_work_whose_results_were_damaged_may_be_done_again() -> None:
    executions = [execution("j1", "cat"), execution("j2", "cat")]
    rows = [call("succeeded", "j1"), call("succeeded", "j2", "the cat")]
    assert list(repeated_work(executions, rows)) == []


def test_a_hedge_explains_one_execution_more() -> None:
    executions = [execution("j1", "cat"), execution("j2", "cat")]
    late = call("succeeded", "j1", "the cat")
    hedge = call("submitted", "j2", "the cat") | {"key": pack_key(["the cat"], "hedge ")}
    assert list(repeated_work(executions, [late, hedge])) == []
    assert len(list(repeated_work([*executions, execution("j3", "cat")], [late, hedge]))) == 1
