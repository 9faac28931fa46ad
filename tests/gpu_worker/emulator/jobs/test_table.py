from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gpu_worker.emulator.billing import Billing, worker_name
from gpu_worker.emulator.jobs.job import Job, Policy, digest
from gpu_worker.emulator.jobs.table import RETENTION_S, SYNC_RETENTION_S, JobTable


@dataclass
class Harness:
    """A table whose clock stands still until it is moved, and which counts its notifications."""

    now: float = 100.0
    notifications: int = 0
    ended: list[Job] = field(default_factory=list)
    jobs: JobTable = field(init=False)
    billing: Billing = field(init=False)

    def __post_init__(self) -> None:
        self.billing = Billing(clock=lambda: self.now)
        self.jobs = JobTable(
            self.count_notification, lambda: self.now, on_end=self.ended.append, billing=self.billing
        )

    def count_notification(self) -> None:
        self.notifications += 1


@pytest.fixture
def harness() -> Harness:
    return Harness()


def test_a_job_goes_through_the_queue_and_shows_its_times_in_ms(harness: Harness) -> None:
    job = harness.jobs.submit({"task": "info"})
    assert job.describe() == {"id": job.id, "status": "IN_QUEUE"}
    harness.now += 1.5
    assert harness.jobs.take("w1") is job
    assert job.describe() == {"id": job.id, "status": "IN_PROGRESS", "delayTime": 1500, "workerId": "w1"}
    harness.now += 0.25
    assert harness.jobs.finish(job.id, "w1", {"output": {"alpha": "…"}})
    assert job.describe() == {
        "id": job.id, "status": "COMPLETED", "delayTime": 1500, "executionTime": 250, "workerId": "w1",
        "output": {"alpha": "…"},
    }  # fmt: skip
    assert harness.notifications == 2


def test_the_oldest_job_is_taken_first_and_once(harness: Harness) -> None:
    first, second = harness.jobs.submit({}), harness.jobs.submit({})
    assert [harness.jobs.take("w1"), harness.jobs.take("w2"), harness.jobs.take("w3")] == [first, second, None]
    assert harness.jobs.busy_workers() == {"w1", "w2"}


def test_an_error_is_a_failed_job_and_no_output_a_completed_one(harness: Harness) -> None:
    failed, lost = harness.jobs.submit({}), harness.jobs.submit({})
    for job, result in ((failed, {"error": "boom"}), (lost, {})):
        harness.jobs.take("w1")
        harness.jobs.finish(job.id, "w1", result)
    assert (failed.describe()["status"], failed.describe()["error"]) == ("FAILED", "boom")
    assert lost.describe()["status"] == "COMPLETED"
    assert "output" not in lost.describe()
    assert harness.jobs.counts() == {"completed": 1, "failed": 1, "retried": 0, "inProgress": 0, "inQueue": 0}


def test_a_result_from_a_worker_that_lost_the_job_is_ignored(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.worker_lost("w1")
    assert not harness.jobs.finish(job.id, "w1", {"output": 1})
    assert harness.jobs.take("w2") is job
    assert harness.jobs.finish(job.id, "w2", {"output": 2})
    assert job.describe()["output"] == 2
    assert job.describe()["retries"] == 1
    assert harness.jobs.counts()["retried"] == 1


def test_a_job_that_kills_three_workers_has_failed(harness: Harness) -> None:
    job = harness.jobs.submit({})
    for worker in ("w1", "w2", "w3"):
        assert harness.jobs.take(worker) is job
        harness.jobs.worker_lost(worker)
    assert job.describe()["status"] == "FAILED"
    assert "3 times" in job.describe()["error"]


def test_a_cancelled_job_leaves_the_queue_or_stops_its_worker(harness: Harness) -> None:
    running, waiting = harness.jobs.submit({}), harness.jobs.submit({})
    harness.jobs.take("w1")
    for job in (running, waiting):
        harness.jobs.cancel(job)
        assert job.describe()["status"] == "CANCELLED"
    assert harness.jobs.take("w2") is None
    assert harness.jobs.cancellations.due("w1") == [running.id]
    assert not harness.jobs.finish(running.id, "w1", {"output": 1})


def test_a_worker_that_is_free_has_nothing_to_stop(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.cancel(job)
    assert harness.jobs.busy_workers() == {"w1"}
    harness.jobs.worker_free("w1")
    assert harness.jobs.busy_workers() == set()
    assert harness.jobs.cancellations.due("w1") == []


def test_a_job_that_has_ended_cannot_be_cancelled(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.finish(job.id, "w1", {"output": 1})
    harness.jobs.cancel(job)
    assert job.describe()["status"] == "COMPLETED"


def test_only_what_failed_or_timed_out_is_retried_and_under_its_id(harness: Harness) -> None:
    job = harness.jobs.submit({})
    assert not harness.jobs.retry(job)
    harness.jobs.take("w1")
    harness.jobs.finish(job.id, "w1", {"error": "boom"})
    assert harness.jobs.retry(job)
    assert job.describe() == {"id": job.id, "status": "IN_QUEUE"}
    assert harness.jobs.take("w1") is job


def test_a_job_that_runs_too_long_is_timed_out_and_stopped(harness: Harness) -> None:
    job = harness.jobs.submit({}, policy=Policy(execution_timeout=5.0))
    harness.now += 60
    harness.jobs.take("w1")
    harness.now += 4
    harness.jobs.sweep()
    assert job.describe()["status"] == "IN_PROGRESS"
    harness.now += 2
    harness.jobs.sweep()
    assert job.describe()["status"] == "TIMED_OUT"
    assert harness.jobs.cancellations.due("w1") == [job.id]


@pytest.mark.parametrize(("sync", "kept"), [(False, RETENTION_S), (True, SYNC_RETENTION_S)])
def test_a_result_is_kept_for_a_while_and_then_gone(harness: Harness, sync: bool, kept: float) -> None:
    job = harness.jobs.submit({}, sync=sync)
    assert job.id.startswith("sync-") == sync
    harness.jobs.take("w1")
    harness.jobs.finish(job.id, "w1", {"output": 1})
    harness.now += kept - 1
    assert harness.jobs.get(job.id) is job
    harness.now += 2
    assert harness.jobs.get(job.id) is None
    assert harness.jobs.counts()["completed"] == 1


def test_a_job_past_its_ttl_is_forgotten(harness: Harness) -> None:
    job = harness.jobs.submit({}, policy=Policy(ttl=10.0))
    harness.now += 11
    assert harness.jobs.take("w1") is None
    assert harness.jobs.get(job.id) is None


def test_a_ttl_of_status_makes_a_job_forgotten_sooner(harness: Harness) -> None:
    job = harness.jobs.submit({})
    job.forget_at = harness.now + 6
    harness.now += 5
    assert harness.jobs.get(job.id) is job
    harness.now += 2
    assert harness.jobs.get(job.id) is None


def test_a_job_delivered_twice_runs_twice_and_the_first_result_counts(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.deliver_twice(job)
    assert harness.jobs.take("w2") is job
    assert harness.jobs.take("w3") is None
    assert harness.jobs.busy_workers() == {"w1", "w2"}
    assert harness.jobs.finish(job.id, "w2", {"output": 2})
    assert not harness.jobs.finish(job.id, "w1", {"output": 1})
    assert (job.describe()["output"], job.describe()["workerId"]) == (2, "w2")
    assert [one["worker"] for one in harness.billing.report()["executions"]] == [worker_name("w1"), worker_name("w2")]
    assert harness.jobs.counts()["completed"] == 1


def test_one_death_of_two_workers_on_a_job_does_not_queue_it_again(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.deliver_twice(job)
    harness.jobs.take("w2")
    harness.jobs.worker_lost("w1")
    assert job.describe()["status"] == "IN_PROGRESS"
    harness.jobs.worker_lost("w2")
    assert job.describe()["status"] == "IN_QUEUE"


def test_progress_is_the_output_until_the_result_comes(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.progress(job.id, "w2", "a stranger's")
    assert "output" not in job.describe()
    harness.jobs.progress(job.id, "w1", "half")
    assert job.describe()["output"] == "half"
    harness.jobs.finish(job.id, "w1", {"output": "all"})
    harness.jobs.progress(job.id, "w1", "late")
    assert job.describe()["output"] == "all"


def test_a_purge_cancels_what_waits_and_leaves_what_runs(harness: Harness) -> None:
    running, *waiting = [harness.jobs.submit({}) for _ in range(3)]
    harness.jobs.take("w1")
    assert harness.jobs.purge() == 2
    assert [job.describe()["status"] for job in waiting] == ["CANCELLED", "CANCELLED"]
    assert running.describe()["status"] == "IN_PROGRESS"


def test_the_demand_is_what_waits_and_runs_without_low_priority(harness: Harness) -> None:
    harness.jobs.submit({})
    harness.jobs.take("w1")
    harness.jobs.submit({})
    harness.now += 3
    harness.jobs.submit({}, policy=Policy(low_priority=True))
    demand = harness.jobs.demand()
    assert (demand.waits, demand.running) == ((3.0,), 1)


def test_every_end_but_a_cancellation_is_reported(harness: Harness) -> None:
    done, failed, late, cancelled = (harness.jobs.submit({}) for _ in range(4))
    for worker in ("w1", "w2", "w3"):
        harness.jobs.take(worker)
    harness.jobs.finish(done.id, "w1", {"output": 1})
    harness.jobs.finish(failed.id, "w2", {"error": "boom"})
    harness.jobs.cancel(cancelled)
    harness.now += 601
    harness.jobs.sweep()
    assert harness.ended == [done, failed, late]


def test_the_table_knows_when_a_worker_was_freed(harness: Harness) -> None:
    job = harness.jobs.submit({})
    harness.jobs.take("w1")
    assert harness.jobs.freed_at("w1") is None
    harness.now += 2
    harness.jobs.finish(job.id, "w1", {"output": 1})
    assert harness.jobs.freed_at("w1") == harness.now


def test_clearing_stops_what_runs_and_counts_from_zero(harness: Harness) -> None:
    done, running, waiting = (harness.jobs.submit({}) for _ in range(3))
    harness.jobs.take("w1")
    harness.jobs.finish(done.id, "w1", {"output": 1})
    harness.jobs.take("w1")
    harness.jobs.clear()
    assert harness.jobs.cancellations.due("w1") == [running.id]
    assert set(harness.jobs.counts().values()) == {0}
    assert harness.jobs.get(waiting.id) is None
    assert not harness.jobs.finish(running.id, "w1", {"output": 1})


def test_an_execution_is_billed_with_the_digest_and_the_frames_of_its_input(harness: Harness) -> None:
    job_input = {"task": "rembg", "images": ["aa", "bb"]}
    harness.jobs.submit(job_input)
    harness.jobs.take("w1")
    (execution,) = harness.billing.report()["executions"]
    assert (execution["sha256"], execution["frames"]) == (digest(job_input), 2)
