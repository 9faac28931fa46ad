"""Calls that are late: when they are polled, hedged, and cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet
from gpu.batch.hedging import hedge_after, hedge_after_prior
from gpu.batch.in_flight import InFlightCall
from gpu.call.breaker import BreakerState
from gpu.call.breaker_port import MemoryBreaker
from gpu.call.remote_job import RemoteJob
from gpu.contract import Request
from gpu.errors import CallNotAllowed, EndpointDown, NeverStarted
from gpu.ledger import CallRecord, MemoryLedger, Result
from gpu.runpod.policy import CallPolicy
from tests.gpu.batch.harness import (
    QUICK,
    TASK,
    DeliveryHarness,
    PartlyStuckRunpod,
    frames,
)
from tests.gpu.conftest import ClientFactory, Clock


def test_a_call_is_hedged_when_it_is_late_by_what_its_repetition_takes() -> None:
    assert hedge_after(3.0) == 3.0
    assert hedge_after(0.1) == 1.0


def test_a_call_planned_with_a_prior_is_late_after_a_minute_only() -> None:
    assert hedge_after_prior(2.0) == 60.0
    assert hedge_after_prior(70.0) == hedge_after(70.0) == 70.0


async def test_a_late_call_is_hedged_when_a_worker_is_idle_and_the_first_answer_wins(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(10)
    runpod.stuck = {"job-1"}
    summary = await harness.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.02)
    assert harness.has_right_alphas(work)
    assert (summary.hedged, len(runpod.bodies), runpod.cancelled) == (1, 2, ["job-1"])
    assert [row.status for row in harness.ledger.rows] == ["cancelled", "succeeded"]


async def test_a_late_call_is_not_hedged_while_jobs_wait_or_no_worker_is_idle(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.stuck, runpod.waiting = {"job-1"}, 1
    task = asyncio.ensure_future(
        harness.deliver(frames(10), Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.01)
    )
    await runpod.asked_for_health.wait()
    await asyncio.wait({task}, timeout=0.05)
    assert len(runpod.bodies) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert runpod.cancelled == ["job-1"]


async def test_a_late_call_that_has_just_ended_is_not_hedged_to_its_own_worker(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(10)
    runpod.stuck, runpod.ends_before_health, runpod.polls_until_done = {"job-1"}, True, 0
    summary = await harness.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.02)
    assert harness.has_right_alphas(work)
    assert (summary.hedged, len(runpod.bodies), runpod.cancelled) == (0, 1, [])


async def test_a_call_is_first_asked_about_at_its_expected_end_or_at_once_when_that_is_a_guess(
    harness: DeliveryHarness, clock: Clock
) -> None:
    slow = Timing(9000.0, 10.0)
    await harness.deliver(frames(1), Fleet(idle=1, startable=0), timing=slow, measured=False)
    assert sum(clock.slept) < 1.0
    await harness.deliver([TASK.frame_work(1, b"another", "project")], Fleet(idle=1, startable=0), timing=slow)
    assert sum(clock.slept) > 1.0


async def test_a_send_without_an_answer_is_not_repeated_by_a_hedge(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    runpod.fail("run", runpod.take_and_lose_the_answer)
    work = frames(4)
    summary = await harness.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.0)
    assert harness.has_right_alphas(work)
    assert (summary.hedged, [row.status for row in harness.ledger.rows]) == (0, ["uncertain", "succeeded"])
    assert sum(clock.slept) >= CallPolicy().uncertain_wait


async def test_a_call_whose_send_took_long_is_expected_so_much_later() -> None:
    call = InFlightCall(("k",), "key", TASK.request([b"x"]), due=3.0, hedge_at=4.0)
    call.postpone(15.0)
    assert (call.due, call.hedge_at) == (18.0, 19.0)
    call.hedge_at = None
    call.postpone(1.0)
    assert (call.due, call.hedge_at) == (19.0, None)


async def test_a_call_is_not_late_enough_to_be_hedged_while_its_job_may_be_lost_or_stands_for_a_lost_one() -> None:
    call = InFlightCall(("k",), "key", TASK.request([b"x"]), due=3.0, hedge_at=4.0)
    call.job = RemoteJob(call.request, CallRecord("key", 1, "url", "submitted", "job-1"), 60.0, resumed=False)
    call.sent.set()
    assert call.is_late(4.0)
    assert not call.is_late(3.9)
    call.job.observed.record_unknown(3.5)
    assert not call.is_late(4.0)
    call.job.observed.record_state("IN_PROGRESS", 3.6)
    assert call.is_late(4.0)
    call.job.observed.record_restart(3.7)
    assert not call.is_late(4.0)


async def test_late_calls_are_left_to_the_next_run_when_the_breaker_has_opened(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    runpod.stuck, runpod.idle = {"job-1"}, 0
    breaker = MemoryBreaker(clock)
    harness = DeliveryHarness(new_client(breaker=breaker), ledger)
    task = asyncio.ensure_future(
        harness.deliver(frames(3), Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.01)
    )
    for _ in range(2):  # before its send, and when it is late: it may still come
        await runpod.asked_for_health.wait()
        runpod.asked_for_health.clear()
    breaker.state = BreakerState(phase="open", error="stalled", opened_at=clock.now(), cooldown=1e9)
    with pytest.raises(EndpointDown, match="The GPU is failing"):
        await task
    assert runpod.cancelled == []
    assert [row.status for row in ledger.rows] == ["submitted"]
    assert harness.delivered == {}


async def test_of_two_calls_for_the_same_frames_the_one_that_is_never_started_is_cancelled(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    wait, second_waits, first_gave_up = harness.client.wait, asyncio.Event(), asyncio.Event()

    async def never_start_the_first(job: RemoteJob, expected: float | None, likely: float) -> Result:
        if job.record.remote_id == "job-1":
            while not second_waits.is_set():
                job.observed.record_state("IN_QUEUE", job.observed.known_at + 1)
                await asyncio.sleep(0.01)
            first_gave_up.set()
            raise NeverStarted("The GPU endpoint starts no work.")
        second_waits.set()
        await first_gave_up.wait()
        return await wait(job)

    harness.client.wait = never_start_the_first  # type: ignore[method-assign, assignment]
    work = frames(3)
    await harness.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.01)
    assert harness.has_right_alphas(work)
    assert runpod.cancelled == ["job-1"]
    assert [row.status for row in harness.ledger.rows] == ["cancelled", "succeeded"]


async def test_under_a_half_open_breaker_all_packs_wait_for_the_first_and_land(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    state = BreakerState("open", 3, "worker_crashed", opened_at=clock.now() - 11)
    breaker = MemoryBreaker(clock, state)
    harness, work = DeliveryHarness(new_client(breaker=breaker), ledger), frames(30)
    await harness.deliver(work)
    assert harness.has_right_alphas(work)
    assert not harness.failed
    assert len(runpod.bodies) == 2
    assert breaker.state == BreakerState()


async def test_a_call_for_which_there_is_no_leave_is_not_cut_down_to_what_would_be_allowed(
    new_client: ClientFactory, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    class Bounded(MemoryLedger):
        """It has room for one call."""

        async def get_or_create(
            self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()
        ) -> CallRecord:
            if self.rows and key != self.rows[0].key:
                raise CallNotAllowed("The day is used up.")
            return await super().get_or_create(request, key, endpoint, frame_keys)

    ledger = Bounded(clock.now)
    harness, work = DeliveryHarness(new_client(ledger), ledger), frames(30)
    summary = await harness.deliver(work)
    assert (len(harness.failed), len(runpod.bodies), len(ledger.rows), summary.split) == (15, 1, 1, 0)
    assert {found["message"] for found in harness.delivered.values() if not isinstance(found, bytes)} == {
        "The day is used up."
    }
    assert harness.has_right_alphas(work)
