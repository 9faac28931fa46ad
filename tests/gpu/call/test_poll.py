"""When a job is asked about, and when waiting ends."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest

import gpu.clock
from gpu.call.poll import Poller
from gpu.call.remote_job import Activity
from gpu.clock import SystemClock
from gpu.errors import DeadlineExceeded, NeverStarted
from gpu.ledger import CallRecord, Timings
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import Health, JobState
from tests.gpu.conftest import Clock


class Job:
    """A job that is in the queue, then in progress, then done, by the clock. Notes when it was asked about.

    Until `busy_until` jobs of others end too.
    """

    busy_until = 0.0

    def __init__(
        self, clock: gpu.clock.Clock, starts: float = 0.0, ends: float = 0.0, delay_ms: int | None = None
    ) -> None:
        self.asked: list[float] = []
        self._now = clock.now
        self._zero = clock.now()
        self._starts, self._ends, self._delay_ms = starts, ends, delay_ms

    async def status(self, remote_id: str) -> JobState:
        at = round(self._now() - self._zero, 6)
        self.asked.append(at)
        state = "COMPLETED" if at >= self._ends else "IN_PROGRESS" if at >= self._starts else "IN_QUEUE"
        return JobState(remote_id, state, timings=Timings(self._delay_ms))

    async def health(self) -> Health:
        return Health({"completed": len(self.asked) if self.busy_until > self._now() - self._zero else 0}, {})


def watch(
    job: Job,
    clock: gpu.clock.Clock,
    policy: CallPolicy | None = None,
    sent_ago: float = 0.0,
    activity: Activity | None = None,
) -> Poller:
    record = CallRecord("k", 1, "url", "submitted", "job-1", sent_at=clock.now() - sent_ago)
    return Poller(record, job, policy or CallPolicy(), clock, activity=activity)


def gaps(times: Sequence[float]) -> list[float]:
    return [round(later - earlier, 6) for earlier, later in itertools.pairwise(times)]


async def test_a_job_that_keeps_its_time_is_asked_about_once(clock: Clock) -> None:
    job = Job(clock, ends=1.6)
    state = await watch(job, clock).until_ended(1.6, 60.0)
    assert (state.state, state.remote_id) == ("COMPLETED", "job-1")
    assert job.asked == [1.6]


async def test_the_expected_end_counts_from_the_send(clock: Clock) -> None:
    job = Job(clock)
    await watch(job, clock, sent_ago=1.0).until_ended(1.6, 60.0)
    assert job.asked == [pytest.approx(0.6)]


async def test_an_end_that_should_have_come_already_is_asked_about_at_once(clock: Clock) -> None:
    job = Job(clock)
    await watch(job, clock, sent_ago=9.0).until_ended(1.6, 60.0)
    assert job.asked == [0.0]


async def test_a_call_without_a_time_of_its_send_is_taken_for_sent_now(clock: Clock) -> None:
    job = Job(clock)
    record = CallRecord("k", 1, "url", "submitted", "job-1")
    await Poller(record, job, CallPolicy(), clock).until_ended(1.0, 60.0)
    assert job.asked == [1.0]


async def test_a_job_that_is_late_is_asked_about_quickly_and_then_four_times_a_second(clock: Clock) -> None:
    job = Job(clock, ends=2.4)
    await watch(job, clock).until_ended(1.0, 60.0)
    assert gaps(job.asked)[:6] == [0.05, 0.075, 0.1125, 0.16875, 0.25, 0.25]
    assert max(gaps(job.asked)) == 0.25


async def test_an_expectation_that_was_far_too_long_costs_two_seconds(clock: Clock) -> None:
    job = Job(clock, ends=2.5)
    await watch(job, clock).until_ended(60.0, 300.0)
    assert job.asked == [2.0, 4.0]


async def test_a_job_that_leaves_the_queue_is_asked_about_quickly_again(clock: Clock) -> None:
    job = Job(clock, starts=2.0, ends=2.7)
    await watch(job, clock).until_ended(None, 60.0)
    started = next(index for index, at in enumerate(job.asked) if at >= 2.0)
    assert gaps(job.asked)[started - 1] == 0.25
    assert gaps(job.asked)[started : started + 3] == [0.05, 0.075, 0.1125]


async def test_a_job_that_stays_in_the_queue_is_asked_about_once_a_second(clock: Clock) -> None:
    job = Job(clock, starts=60.0, ends=60.0)
    await watch(job, clock).until_ended(5.0, 300.0)
    early = [gap for at, gap in zip(job.asked, gaps(job.asked), strict=False) if 6.0 < at < 14.0]
    late = [gap for at, gap in zip(job.asked, gaps(job.asked), strict=False) if at > 20.0]
    assert set(early) == {0.25}
    assert set(late) == {1.0}


BRIEF = CallPolicy(final_poll_timeout=0.05)


async def test_a_job_in_the_queue_says_so_when_nothing_was_done_for_its_deadline(clock: Clock) -> None:
    job, sent_at = Job(clock, starts=1e9, ends=1e9), clock.time
    with pytest.raises(NeverStarted, match="starts no work") as caught:
        await watch(job, clock, BRIEF).until_ended(None, 0.02)
    assert caught.value.worked_at == sent_at


async def test_a_job_in_the_queue_waits_for_as_long_as_others_begin_or_end() -> None:
    clock = SystemClock()
    job, activity = Job(clock, starts=0.6, ends=0.65), Activity(ended_jobs=0)
    job.busy_until = 0.55
    assert (await watch(job, clock, BRIEF, activity=activity).until_ended(None, 0.3)).ended
    assert activity.ended_jobs


async def test_jobs_whose_run_has_not_counted_before_wait_for_a_second_count_a_deadline_later() -> None:
    class SlowQueue(Job):
        """A job of somebody else ends half a second after the first question."""

        async def health(self) -> Health:
            return Health({"completed": int(self._now() - self._zero > 0.5)}, {})

    clock, activity = SystemClock(), Activity()
    jobs = [SlowQueue(clock, starts=0.8, ends=0.85) for _ in range(3)]
    pollers = [watch(job, clock, BRIEF, activity=activity) for job in jobs]
    states = await asyncio.gather(*(poller.until_ended(None, 0.3) for poller in pollers))
    assert all(state.ended for state in states)


async def test_a_job_has_its_deadline_from_its_start() -> None:
    clock = SystemClock()
    job = Job(clock, starts=0.2, ends=0.4)
    assert (await watch(job, clock, BRIEF).until_ended(None, 0.3)).ended


async def test_a_job_that_is_resumed_has_its_deadline_from_when_the_endpoint_says_that_it_began() -> None:
    clock = SystemClock()
    job = Job(clock, ends=0.2, delay_ms=899_950)
    assert (await watch(job, clock, BRIEF, sent_ago=900.0).until_ended(None, 0.4)).ended


async def test_a_start_and_an_end_are_signs_that_the_endpoint_works(clock: Clock) -> None:
    activity, began = Activity(), clock.time
    await watch(Job(clock, starts=2.0, ends=3.0), clock, activity=activity).until_ended(None, 60.0)
    assert activity.worked_at == pytest.approx(began + 3.0, abs=0.3)


def test_jobs_of_others_that_end_are_a_sign_that_the_endpoint_works() -> None:
    activity = Activity()
    activity.record_health(Health({"completed": 4, "failed": 1}, {}), 10.0)
    activity.record_health(Health({"completed": 4, "failed": 1}, {}), 20.0)
    activity.record_health(Health({}, {}), 30.0)
    assert activity.worked_at == 0.0
    activity.record_health(Health({"failed": 1}, {}), 40.0)
    assert activity.worked_at == 40.0


async def test_a_job_that_runs_over_its_deadline_took_longer(clock: Clock) -> None:
    job = Job(clock, ends=1e9)
    with pytest.raises(DeadlineExceeded, match=r"longer than 0\.02 s") as caught:
        await watch(job, clock, BRIEF).until_ended(None, 0.02)
    assert not isinstance(caught.value, NeverStarted)


async def test_a_job_that_is_resumed_after_its_deadline_gets_a_last_poll(clock: Clock) -> None:
    assert (await watch(Job(clock), clock, sent_ago=900.0).until_ended(None, 300.0)).ended
    with pytest.raises(DeadlineExceeded):
        await watch(Job(clock, ends=1e9), clock, BRIEF, sent_ago=900.0).until_ended(None, 300.0)


async def test_a_deadline_is_not_what_a_broken_question_is_taken_for(clock: Clock) -> None:
    class Broken(Job):
        async def status(self, remote_id: str) -> JobState:
            raise TimeoutError("of another kind")

    with pytest.raises(TimeoutError, match="another kind"):
        await watch(Broken(clock), clock).until_ended(None, 60.0)
