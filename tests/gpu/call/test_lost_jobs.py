"""A job that the endpoint says it does not know: asked about further, then booked, cancelled, and sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gpu.call.admission import MemoryBreaker
from gpu.call.poll import RETENTION_S
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import DeadlineExceeded, GpuError, JobCancelled, JobExpired, JobLost, NeverStarted, SendUncertain
from gpu.ledger import UNTIMED, CallRecord, MemoryLedger, Timings
from gpu.runpod.policy import CallPolicy
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod

WAIT = CallPolicy().unknown_wait
PATIENT = CallPolicy(deadline=300.0)


class All(Container[str]):
    """Every id there is."""

    def __contains__(self, remote_id: object) -> bool:
        return True


@dataclass
class Booking(MemoryLedger):
    """A ledger that notes what each call was said to have cost, by attempt."""

    clock: Clock
    booked: dict[int, tuple[str, Timings]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.clock.now)

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        self.booked[record.attempt] = (error.code, timings)
        return await super().mark_failed(record, error, timings)

    async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        self.booked[record.attempt] = ("cancelled", timings)
        return await super().mark_cancelled(record, timings)

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        self.booked[record.attempt] = ("uncertain", timings)
        return await super().resend(record, timings)


@pytest.fixture
def ledger(clock: Clock) -> Booking:
    return Booking(clock)


@pytest.fixture
def client(new_client: ClientFactory) -> GpuClient:
    return new_client(policy=PATIENT)


def most(seconds: float) -> Timings:
    return Timings(None, pytest.approx(seconds * 1000, abs=1), estimated=True)  # type: ignore[arg-type]


def statuses(ledger: MemoryLedger) -> list[str]:
    return [row.status for row in ledger.rows]


def unknown_for(clock: Clock, seconds: float) -> Callable[[httpx.Request], httpx.Response]:
    """An answer that takes that long to come, and then does not know the job."""

    def answer(request: httpx.Request) -> httpx.Response:
        clock.time += seconds
        return httpx.Response(404, json={"error": "job not found"})

    return answer


async def test_a_job_that_is_not_known_yet_is_asked_about_further(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    runpod.fail("status", *[httpx.Response(404)] * 4)
    assert (await client.infer(request_, "k")).frames == (PNG,)
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (1, [], ["succeeded"])
    assert clock.slept[:4] == pytest.approx([0.25, 0.375, 0.5625, 0.84375])


async def test_a_proxy_that_errs_now_and_then_costs_nothing(
    client: GpuClient, runpod: FakeRunpod, request_: Request
) -> None:
    def running(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "IN_PROGRESS"})

    for _ in range(40):
        runpod.fail("status", httpx.Response(404), httpx.Response(404), running)
    assert (await client.infer(request_, "k")).frames == (PNG,)
    assert len(runpod.bodies) == 1


async def test_a_job_that_is_lost_is_booked_cancelled_and_sent_once_more_after_the_wait(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    began = clock.time
    assert (await client.infer(request_, "k", frame_keys=["a"])).frames == (PNG,)
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1"], ["failed", "succeeded"])
    assert ledger.booked == {1: ("lost", most(WAIT))}
    assert ledger.rows[1].sent_at - began >= WAIT
    assert (ledger.rows[1].replaces_lost, ledger.rows[1].frame_keys) == (True, ("a",))
    asked = [request for request in runpod.requests if request.url.path.endswith("status/job-1")]
    assert len(asked) < 20


async def test_the_order_is_booked_then_cancelled_then_sent(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    seen: list[Any] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append((statuses(ledger), len(runpod.bodies)))
        return httpx.Response(404)

    runpod.fail("cancel", look)
    await client.infer(request_, "k")
    assert seen == [(["failed", "prepared"], 1)]


async def test_what_is_likely_to_run_for_longer_is_waited_for_so_long(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    job = await client.submit(request_, "k")
    await client.wait(job, likely=100.0)
    assert ledger.booked == {1: ("lost", most(100.0))}
    runpod.forgotten = {"job-3"}
    await client.infer(request_, "other", expected=45.0)
    assert ledger.booked == {1: ("lost", most(CallPolicy().max_poll_gap + 45.0))}


async def test_a_second_loss_fails_in_words_and_an_endpoint_that_forgets_everything_is_paid_twice_at_most(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = All()
    with pytest.raises(JobLost, match="lost it again"):
        await client.infer(request_, "k")
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1", "job-2"], ["failed"] * 2)
    assert ledger.booked == {1: ("lost", most(WAIT)), 2: ("lost", most(WAIT))}


async def test_a_second_loss_in_a_later_run_is_the_last_too(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    runpod.forgotten = {"job-1", "job-2"}

    def die(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("the process is gone")

    job = await new_client().submit(request_, "k")
    clock.time += 2.0
    with pytest.raises(RuntimeError):
        await _until_sent_again(new_client(), job, runpod, die)
    with pytest.raises(JobLost):
        await new_client().infer(request_, "k")
    assert (len(runpod.bodies), len(ledger.rows)) == (2, 2)


async def _until_sent_again(client: GpuClient, job: Any, runpod: FakeRunpod, die: Any) -> None:
    """A run that ends when it first asks about the replacement."""
    ordinary = runpod._status

    def status(request: httpx.Request, remote_id: str) -> httpx.Response:
        if remote_id == "job-2":
            runpod._status = ordinary  # type: ignore[method-assign]
            die(request)
        return ordinary(request, remote_id)

    runpod._status = status  # type: ignore[method-assign,assignment]
    await client.wait(job)


async def test_a_job_that_vanishes_while_it_runs_is_booked_from_when_it_can_have_begun(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    def says(state: str, seconds: float) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            clock.time += seconds
            return httpx.Response(200, json={"status": state})

        return answer

    runpod.forgotten = {"job-1"}
    runpod.fail("status", says("IN_QUEUE", 50.0), says("IN_PROGRESS", 1.0), says("IN_PROGRESS", 7.0))
    assert (await client.infer(request_, "k")).frames == (PNG,)
    assert ledger.booked == {1: ("lost", most(1.0 + 7.0 + WAIT + 0.05 + 0.05 + 0.075))}


async def test_of_a_job_whose_result_need_not_be_kept_any_more_nothing_is_hoped(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    await new_client(policy=PATIENT).submit(request_, "k")
    clock.time += RETENTION_S
    runpod.forgotten = {"job-1"}
    assert (await new_client(policy=PATIENT).infer(request_, "k")).frames == (PNG,)
    assert (statuses(ledger), clock.slept) == (["failed", "succeeded"], [0.05])
    assert ledger.booked == {1: ("expired", most(300.0))}


async def test_a_job_that_expires_while_it_is_waited_for_is_not_sent_anew(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    runpod.fail("status", unknown_for(clock, RETENTION_S))
    with pytest.raises(JobExpired):
        await client.infer(request_, "k")
    assert (len(runpod.bodies), statuses(ledger)) == (1, ["failed"])


async def test_a_deadline_does_not_cut_the_wait_for_a_job_in_doubt_short(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    assert (await client.infer(request_, "k", deadline=0.001)).frames == (PNG,)
    assert ledger.booked[1] == ("lost", most(5.0))


async def test_two_jobs_that_wait_for_one_lost_call_replace_it_once(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    beside = ledger.for_another_job()
    first = await new_client(ledger).submit(request_, "k")
    second = await new_client(beside).submit(request_, "k")
    results = await asyncio.gather(new_client(ledger).wait(first), new_client(beside).wait(second))
    assert [result.frames for result in results] == [(PNG,)] * 2
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1"], ["failed", "succeeded"])


async def test_a_loss_and_an_unanswered_send_have_one_repetition_each(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = All()
    runpod.fail("run", runpod.take_and_lose_the_answer)
    with pytest.raises(JobLost):
        await client.infer(request_, "k")
    assert statuses(ledger) == ["uncertain", "failed", "failed"]
    flags = [(row.replaces_uncertain, row.replaces_lost) for row in ledger.rows]
    assert flags == [(False, False), (True, False), (True, True)]


async def test_only_a_second_loss_counts_against_the_endpoint(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock, request_: Request
) -> None:
    breaker = MemoryBreaker(clock)
    client = new_client(breaker=breaker, policy=PATIENT)
    runpod.forgotten = {"job-1"}
    await client.infer(request_, "k")
    assert breaker.state.failures == 0
    runpod.forgotten = All()
    with pytest.raises(JobLost):
        await client.infer(request_, "other")
    assert (breaker.state.failures, breaker.state.error) == (1, "lost")


async def test_a_run_that_is_cancelled_while_it_replaces_a_job_leaves_nothing_to_be_sent(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.forgotten = {"job-1"}
    task = asyncio.ensure_future(client.infer(request_, "k"))

    def stop(request: httpx.Request) -> httpx.Response:
        task.cancel()
        return httpx.Response(503)

    runpod.fail("cancel", stop)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (statuses(ledger), len(runpod.bodies)) == (["failed", "cancelled"], 1)


async def test_a_cancel_that_comes_before_the_endpoint_knows_the_job_is_repeated(
    client: GpuClient, runpod: FakeRunpod, clock: Clock, request_: Request
) -> None:
    job = await client.submit(request_, "k")
    runpod.fail("cancel", httpx.Response(404), httpx.Response(404))
    await client.cancel(job)
    assert (runpod.cancelled, clock.slept) == (["job-1"], [1.0, 1.0])


async def test_a_cancel_that_is_never_known_is_given_up(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    job = await client.submit(request_, "k")
    runpod.fail("cancel", *[httpx.Response(404)] * 9)
    await client.cancel(job)
    assert len([request for request in runpod.requests if "/cancel/" in request.url.path]) == 3
    assert statuses(ledger) == ["cancelled"]


async def test_a_job_that_never_left_the_queue_is_booked_with_no_more_than_the_last_pause(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.polls_until_done = 1_000_000
    with pytest.raises(NeverStarted):
        await client.infer(request_, "k", deadline=0.02)
    ((code, timings),) = ledger.booked.values()
    assert (code, timings.estimated) == ("never_started", True)
    assert (timings.execution_ms or 0) <= 1000
    assert runpod.cancelled == ["job-1"]


async def test_a_job_that_ran_past_our_deadline_is_booked_up_to_its_own_bound(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    runpod.polls_until_done, runpod.polls_in_queue = 1_000_000, 0
    job = await client.submit(request_, "k", 0.02)
    clock.time += 400.0
    with pytest.raises(DeadlineExceeded):
        await client.wait(job)
    assert ledger.booked == {1: ("deadline_exceeded", most(5.0))}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": "CANCELLED"}, "cancelled"),
        ({"status": "TIMED_OUT"}, "timed_out"),
        ({"status": "FAILED", "error": "boom"}, "internal"),
        ({"status": "COMPLETED"}, "output_lost"),
    ],
)
async def test_an_end_without_a_figure_is_booked_with_the_most_it_can_be(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request, state: dict[str, Any],
    code: str,
) -> None:  # fmt: skip
    job = await client.submit(request_, "k")
    clock.time += 12.0
    runpod.fail("status", httpx.Response(200, json=state | {"delayTime": 40}))
    with pytest.raises(GpuError):
        await client.wait(job)
    said, timings = ledger.booked[1]
    assert (said, timings) == (code, Timings(40, 12_000, estimated=True))


async def test_a_cancelled_run_books_what_its_job_may_have_cost(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, clock: Clock, request_: Request
) -> None:
    job = await client.submit(request_, "k")
    clock.time += 9.0
    await client.cancel(job)
    assert ledger.booked == {1: ("cancelled", most(9.0))}


async def test_sends_that_are_never_answered_are_booked(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.fail("run", *[httpx.Response(502)] * 2)
    with pytest.raises(SendUncertain):
        await client.infer(request_, "k")
    assert ledger.booked == {1: ("uncertain", most(15.0)), 2: ("send_uncertain", most(15.0))}


async def test_a_job_of_another_endpoint_is_booked(
    new_client: ClientFactory, ledger: Booking, clock: Clock, request_: Request
) -> None:
    await new_client(policy=PATIENT).submit(request_, "k")
    clock.time += 20.0
    await new_client(url="https://other.test/v2/ep", policy=PATIENT).submit(request_, "k")
    assert ledger.booked == {1: ("expired", most(20.0))}


async def test_a_call_that_the_endpoint_cancelled_is_raised_as_that(
    client: GpuClient, runpod: FakeRunpod, ledger: Booking, request_: Request
) -> None:
    runpod.fail("status", httpx.Response(404), httpx.Response(200, json={"status": "CANCELLED"}))
    with pytest.raises(JobCancelled):
        await client.infer(request_, "k")
    assert (len(runpod.bodies), statuses(ledger)) == (1, ["cancelled"])
