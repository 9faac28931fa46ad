"""When a job is asked about, and when waiting ends."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from gpu.call.poll import Poller
from gpu.errors import DeadlineExceeded, NeverStarted
from gpu.ledger import CallRecord
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import JobState
from tests.gpu.conftest import Clock


class Job:
    """A job that is in the queue, then in progress, then done, by the clock. Notes when it was asked about."""

    def __init__(self, clock: Clock, starts: float = 0.0, ends: float = 0.0) -> None:
        self.asked: list[float] = []
        self._clock = clock
        self._zero = clock.time
        self._starts, self._ends = starts, ends

    async def status(self, remote_id: str) -> JobState:
        at = round(self._clock.time - self._zero, 6)
        self.asked.append(at)
        state = "COMPLETED" if at >= self._ends else "IN_PROGRESS" if at >= self._starts else "IN_QUEUE"
        return JobState(remote_id, state)


def watch(job: Job, clock: Clock, policy: CallPolicy | None = None, sent_ago: float = 0.0) -> Poller:
    record = CallRecord("k", 1, "url", "submitted", "job-1", sent_at=clock.time - sent_ago)
    return Poller(record, job, policy or CallPolicy(), clock)


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


async def test_a_job_that_never_left_the_queue_says_so_at_its_deadline(clock: Clock) -> None:
    job = Job(clock, starts=1e9, ends=1e9)
    with pytest.raises(NeverStarted, match=r"did not start the job within 0\.02 s") as caught:
        await watch(job, clock, BRIEF).until_ended(None, 0.02)
    assert caught.value.remote_id == "job-1"


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
