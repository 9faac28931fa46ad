from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gpu_worker.emulator.jobs import KEPT_S, KEPT_SYNC_S, JobTable, Policy


@dataclass
class Bench:
    """A table whose time stands still until it is moved, and which counts its rings."""

    now: float = 100.0
    rings: int = 0
    jobs: JobTable = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = JobTable(self.ring, lambda: self.now)

    def ring(self) -> None:
        self.rings += 1


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_job_goes_through_the_queue_and_tells_its_times_in_ms(bench: Bench) -> None:
    job = bench.jobs.submit({"task": "info"})
    assert job.describe() == {"id": job.id, "status": "IN_QUEUE"}
    bench.now += 1.5
    assert bench.jobs.take("w1") is job
    assert job.describe() == {"id": job.id, "status": "IN_PROGRESS", "delayTime": 1500, "workerId": "w1"}
    bench.now += 0.25
    assert bench.jobs.finish(job.id, "w1", {"output": {"alpha": "…"}})
    assert job.describe() == {
        "id": job.id, "status": "COMPLETED", "delayTime": 1500, "executionTime": 250, "workerId": "w1",
        "output": {"alpha": "…"},
    }  # fmt: skip
    assert bench.rings == 2


def test_the_oldest_job_is_taken_first_and_once(bench: Bench) -> None:
    first, second = bench.jobs.submit({}), bench.jobs.submit({})
    assert [bench.jobs.take("w1"), bench.jobs.take("w2"), bench.jobs.take("w3")] == [first, second, None]
    assert bench.jobs.busy_workers() == {"w1", "w2"}


def test_an_error_is_a_failed_job_and_no_output_a_completed_one(bench: Bench) -> None:
    failed, lost = bench.jobs.submit({}), bench.jobs.submit({})
    for job, result in ((failed, {"error": "boom"}), (lost, {})):
        bench.jobs.take("w1")
        bench.jobs.finish(job.id, "w1", result)
    assert (failed.describe()["status"], failed.describe()["error"]) == ("FAILED", "boom")
    assert lost.describe()["status"] == "COMPLETED"
    assert "output" not in lost.describe()
    assert bench.jobs.counts() == {"completed": 1, "failed": 1, "retried": 0, "inProgress": 0, "inQueue": 0}


def test_a_result_from_a_worker_that_lost_the_job_is_not_taken(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.worker_lost("w1")
    assert not bench.jobs.finish(job.id, "w1", {"output": 1})
    assert bench.jobs.take("w2") is job
    assert bench.jobs.finish(job.id, "w2", {"output": 2})
    assert job.describe()["output"] == 2
    assert job.describe()["retries"] == 1
    assert bench.jobs.counts()["retried"] == 1


def test_a_job_that_kills_three_workers_has_failed(bench: Bench) -> None:
    job = bench.jobs.submit({})
    for worker in ("w1", "w2", "w3"):
        assert bench.jobs.take(worker) is job
        bench.jobs.worker_lost(worker)
    assert job.describe()["status"] == "FAILED"
    assert "3 times" in job.describe()["error"]


def test_a_cancelled_job_leaves_the_queue_or_stops_its_worker(bench: Bench) -> None:
    running, waiting = bench.jobs.submit({}), bench.jobs.submit({})
    bench.jobs.take("w1")
    for job in (running, waiting):
        bench.jobs.cancel(job)
        assert job.describe()["status"] == "CANCELLED"
    assert bench.jobs.take("w2") is None
    assert bench.jobs.stops_for("w1") == [running.id]
    assert not bench.jobs.finish(running.id, "w1", {"output": 1})


def test_a_stop_is_told_again_each_second_until_the_worker_is_free(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.cancel(job)
    assert bench.jobs.stops_for("w1") == [job.id]
    assert bench.jobs.stops_for("w1") == []
    bench.now += 1
    assert bench.jobs.stops_for("w1") == [job.id]
    bench.jobs.worker_free("w1")
    bench.now += 1
    assert bench.jobs.stops_for("w1") == []


def test_a_job_that_has_ended_cannot_be_cancelled(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.finish(job.id, "w1", {"output": 1})
    bench.jobs.cancel(job)
    assert job.describe()["status"] == "COMPLETED"


def test_only_what_failed_or_timed_out_is_retried_and_under_its_id(bench: Bench) -> None:
    job = bench.jobs.submit({})
    assert not bench.jobs.retry(job)
    bench.jobs.take("w1")
    bench.jobs.finish(job.id, "w1", {"error": "boom"})
    assert bench.jobs.retry(job)
    assert job.describe() == {"id": job.id, "status": "IN_QUEUE"}
    assert bench.jobs.take("w1") is job


def test_a_job_that_runs_too_long_is_timed_out_and_stopped(bench: Bench) -> None:
    job = bench.jobs.submit({}, policy=Policy(execution_timeout=5.0))
    bench.now += 60
    bench.jobs.take("w1")
    bench.now += 4
    bench.jobs.sweep()
    assert job.describe()["status"] == "IN_PROGRESS"
    bench.now += 2
    bench.jobs.sweep()
    assert job.describe()["status"] == "TIMED_OUT"
    assert bench.jobs.stops_for("w1") == [job.id]


@pytest.mark.parametrize(("sync", "kept"), [(False, KEPT_S), (True, KEPT_SYNC_S)])
def test_a_result_is_kept_for_a_while_and_then_gone(bench: Bench, sync: bool, kept: float) -> None:
    job = bench.jobs.submit({}, sync=sync)
    assert job.id.startswith("sync-") == sync
    bench.jobs.take("w1")
    bench.jobs.finish(job.id, "w1", {"output": 1})
    bench.now += kept - 1
    assert bench.jobs.get(job.id) is job
    bench.now += 2
    assert bench.jobs.get(job.id) is None
    assert bench.jobs.counts()["completed"] == 1


def test_a_job_past_its_ttl_is_forgotten(bench: Bench) -> None:
    job = bench.jobs.submit({}, policy=Policy(ttl=10.0))
    bench.now += 11
    assert bench.jobs.take("w1") is None
    assert bench.jobs.get(job.id) is None
