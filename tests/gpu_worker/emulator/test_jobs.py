from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gpu_worker.emulator.billing import Meter
from gpu_worker.emulator.job import Job, Policy
from gpu_worker.emulator.jobs import KEPT_S, KEPT_SYNC_S, JobTable


@dataclass
class Bench:
    """A table whose time stands still until it is moved, and which counts its rings."""

    now: float = 100.0
    rings: int = 0
    ended: list[Job] = field(default_factory=list)
    jobs: JobTable = field(init=False)
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(clock=lambda: self.now)
        self.jobs = JobTable(self.ring, lambda: self.now, on_end=self.ended.append, meter=self.meter)

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
    assert bench.jobs.stops.due("w1") == [running.id]
    assert not bench.jobs.finish(running.id, "w1", {"output": 1})


def test_a_worker_that_is_free_has_nothing_to_stop(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.cancel(job)
    assert bench.jobs.busy_workers() == {"w1"}
    bench.jobs.worker_free("w1")
    assert bench.jobs.busy_workers() == set()
    assert bench.jobs.stops.due("w1") == []


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
    assert bench.jobs.stops.due("w1") == [job.id]


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


def test_a_job_can_be_told_to_be_forgotten_sooner(bench: Bench) -> None:
    job = bench.jobs.submit({})
    job.forget_at = bench.now + 6
    bench.now += 5
    assert bench.jobs.get(job.id) is job
    bench.now += 2
    assert bench.jobs.get(job.id) is None


def test_a_job_delivered_twice_runs_twice_and_the_first_result_counts(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.deliver_twice(job)
    assert bench.jobs.take("w2") is job
    assert bench.jobs.take("w3") is None
    assert bench.jobs.busy_workers() == {"w1", "w2"}
    assert bench.jobs.finish(job.id, "w2", {"output": 2})
    assert not bench.jobs.finish(job.id, "w1", {"output": 1})
    assert (job.describe()["output"], job.describe()["workerId"]) == (2, "w2")
    assert [one["worker"] for one in bench.meter.report()["executions"]] == ["w1", "w2"]
    assert bench.jobs.counts()["completed"] == 1


def test_one_death_of_two_workers_on_a_job_does_not_queue_it_again(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.deliver_twice(job)
    bench.jobs.take("w2")
    bench.jobs.worker_lost("w1")
    assert job.describe()["status"] == "IN_PROGRESS"
    bench.jobs.worker_lost("w2")
    assert job.describe()["status"] == "IN_QUEUE"


def test_progress_is_the_output_until_the_result_comes(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.progress(job.id, "w2", "a stranger's")
    assert "output" not in job.describe()
    bench.jobs.progress(job.id, "w1", "half")
    assert job.describe()["output"] == "half"
    bench.jobs.finish(job.id, "w1", {"output": "all"})
    bench.jobs.progress(job.id, "w1", "late")
    assert job.describe()["output"] == "all"


def test_a_purge_cancels_what_waits_and_leaves_what_runs(bench: Bench) -> None:
    running, *waiting = [bench.jobs.submit({}) for _ in range(3)]
    bench.jobs.take("w1")
    assert bench.jobs.purge() == 2
    assert [job.describe()["status"] for job in waiting] == ["CANCELLED", "CANCELLED"]
    assert running.describe()["status"] == "IN_PROGRESS"


def test_the_demand_is_what_waits_and_runs_without_low_priority(bench: Bench) -> None:
    bench.jobs.submit({})
    bench.jobs.take("w1")
    bench.jobs.submit({})
    bench.now += 3
    bench.jobs.submit({}, policy=Policy(low_priority=True))
    demand = bench.jobs.demand()
    assert (demand.waits, demand.running) == ((3.0,), 1)


def test_all_ends_but_a_cancel_are_told(bench: Bench) -> None:
    done, failed, late, cancelled = (bench.jobs.submit({}) for _ in range(4))
    for worker in ("w1", "w2", "w3"):
        bench.jobs.take(worker)
    bench.jobs.finish(done.id, "w1", {"output": 1})
    bench.jobs.finish(failed.id, "w2", {"error": "boom"})
    bench.jobs.cancel(cancelled)
    bench.now += 601
    bench.jobs.sweep()
    assert bench.ended == [done, failed, late]


def test_a_worker_knows_when_it_was_freed(bench: Bench) -> None:
    job = bench.jobs.submit({})
    bench.jobs.take("w1")
    assert bench.jobs.freed_at("w1") is None
    bench.now += 2
    bench.jobs.finish(job.id, "w1", {"output": 1})
    assert bench.jobs.freed_at("w1") == bench.now


def test_clearing_stops_what_runs_and_counts_from_zero(bench: Bench) -> None:
    done, running, waiting = (bench.jobs.submit({}) for _ in range(3))
    bench.jobs.take("w1")
    bench.jobs.finish(done.id, "w1", {"output": 1})
    bench.jobs.take("w1")
    bench.jobs.clear()
    assert bench.jobs.stops.due("w1") == [running.id]
    assert set(bench.jobs.counts().values()) == {0}
    assert bench.jobs.get(waiting.id) is None
    assert not bench.jobs.finish(running.id, "w1", {"output": 1})
