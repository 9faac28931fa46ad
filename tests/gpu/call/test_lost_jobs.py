"""A job that the endpoint says it does not know: asked about further, then booked, cancelled, and sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gpu.call.breaker_port import MemoryBreaker
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import JobCancelled, JobExpired, JobLost
from gpu.ledger import MemoryLedger
from gpu.runpod.policy import RETENTION_S, CallPolicy
from tests.gpu.call.harness import PATIENT, AllIds, CostRecordingLedger, estimated, statuses
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod

WAIT = CallPolicy().unknown_wait


@pytest.fixture
def ledger(clock: Clock) -> CostRecordingLedger:
    return CostRecordingLedger(clock)


@pytest.fixture
def client(new_client: ClientFactory) -> GpuClient:
    return new_client(policy=PATIENT)


def unknown_for(clock: Clock, seconds: float) -> Callable[[httpx.Request], httpx.Response]:
    """Answer after so long that the job is not known."""

    def answer(request: httpx.Request) -> httpx.Response:
        clock.time += seconds
        return httpx.Response(404, json={"error": "job not found"})

    return answer


async def test_a_job_that_is_not_known_yet_is_asked_about_further(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.fail("status", *[httpx.Response(404)] * 4)
    assert (await client.infer(matte_request, "k")).frames == (PNG,)
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (1, [], ["succeeded"])
    assert clock.slept[:4] == pytest.approx([0.25, 0.375, 0.5625, 0.84375])


async def test_a_proxy_that_errs_now_and_then_costs_nothing(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    def running(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "IN_PROGRESS"})

    for _ in range(40):
        runpod.fail("status", httpx.Response(404), httpx.Response(404), running)
    assert (await client.infer(matte_request, "k")).frames == (PNG,)
    assert len(runpod.bodies) == 1


async def test_a_lost_job_is_written_down_cancelled_and_sent_once_more_after_the_wait(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1"}
    began = clock.time
    assert (await client.infer(matte_request, "k", frame_keys=["a"])).frames == (PNG,)
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1"], ["failed", "succeeded"])
    assert ledger.recorded == {1: ("lost", estimated(WAIT))}
    assert ledger.rows[1].sent_at - began >= WAIT
    assert (ledger.rows[1].replaces_lost, ledger.rows[1].frame_keys) == (True, ("a",))
    asked = [request for request in runpod.requests if request.url.path.endswith("status/job-1")]
    assert len(asked) < 20


async def test_a_lost_job_is_written_down_then_cancelled_then_sent_again(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1"}
    seen: list[Any] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append((statuses(ledger), len(runpod.bodies)))
        return httpx.Response(404)

    runpod.fail("cancel", note)
    await client.infer(matte_request, "k")
    assert seen == [(["failed", "prepared"], 1)]


async def test_a_job_that_is_likely_to_run_longer_is_waited_for_so_long(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1"}
    job = await client.submit(matte_request, "k")
    await client.wait(job, likely=100.0)
    assert ledger.recorded == {1: ("lost", estimated(100.0))}
    runpod.forgotten = {"job-3"}
    await client.infer(matte_request, "other", expected=45.0)
    assert ledger.recorded == {1: ("lost", estimated(CallPolicy().max_poll_gap + 45.0))}


async def test_a_second_loss_fails_in_words_and_an_endpoint_that_forgets_everything_is_paid_twice_at_most(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = AllIds()
    with pytest.raises(JobLost, match="lost it again"):
        await client.infer(matte_request, "k")
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1", "job-2"], ["failed"] * 2)
    assert ledger.recorded == {1: ("lost", estimated(WAIT)), 2: ("lost", estimated(WAIT))}


async def test_a_second_loss_in_a_later_run_is_the_last_too(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1", "job-2"}

    def die(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("the process is gone")

    job = await new_client().submit(matte_request, "k")
    clock.time += 2.0
    with pytest.raises(RuntimeError):
        await _until_sent_again(new_client(), job, runpod, die)
    with pytest.raises(JobLost):
        await new_client().infer(matte_request, "k")
    assert (len(runpod.bodies), len(ledger.rows)) == (2, 2)


async def _until_sent_again(client: GpuClient, job: Any, runpod: FakeRunpod, die: Any) -> None:
    """Run until the replacement is first asked about."""
    ordinary = runpod._status

    def status(request: httpx.Request, remote_id: str) -> httpx.Response:
        if remote_id == "job-2":
            runpod._status = ordinary  # type: ignore[method-assign]
            die(request)
        return ordinary(request, remote_id)

    runpod._status = status  # type: ignore[method-assign,assignment]
    await client.wait(job)


async def test_a_job_that_vanishes_while_it_runs_costs_from_when_it_can_have_begun(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    def says(state: str, seconds: float) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            clock.time += seconds
            return httpx.Response(200, json={"status": state})

        return answer

    runpod.forgotten = {"job-1"}
    runpod.fail("status", says("IN_QUEUE", 50.0), says("IN_PROGRESS", 1.0), says("IN_PROGRESS", 7.0))
    assert (await client.infer(matte_request, "k")).frames == (PNG,)
    assert ledger.recorded == {1: ("lost", estimated(1.0 + 7.0 + WAIT + 0.05 + 0.05 + 0.075))}


async def test_a_job_older_than_the_retention_expires_at_once(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    await new_client(policy=PATIENT).submit(matte_request, "k")
    clock.time += RETENTION_S
    runpod.forgotten = {"job-1"}
    assert (await new_client(policy=PATIENT).infer(matte_request, "k")).frames == (PNG,)
    assert (statuses(ledger), clock.slept) == (["failed", "succeeded"], [0.05])
    assert ledger.recorded == {1: ("expired", estimated(300.0))}


async def test_a_job_that_expires_while_it_is_waited_for_is_not_sent_anew(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.fail("status", unknown_for(clock, RETENTION_S))
    with pytest.raises(JobExpired):
        await client.infer(matte_request, "k")
    assert (len(runpod.bodies), statuses(ledger)) == (1, ["failed"])


async def test_a_deadline_does_not_cut_the_wait_for_a_job_that_may_be_lost_short(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1"}
    assert (await client.infer(matte_request, "k", deadline=0.001)).frames == (PNG,)
    assert ledger.recorded[1] == ("lost", estimated(5.0))


async def test_two_jobs_that_wait_for_one_lost_call_replace_it_once(
    new_client: ClientFactory,
    runpod: FakeRunpod,
    ledger: CostRecordingLedger,
    other_ledger: MemoryLedger,
    matte_request: Request,
) -> None:
    runpod.forgotten = {"job-1"}
    first = await new_client(ledger).submit(matte_request, "k")
    second = await new_client(other_ledger).submit(matte_request, "k")
    results = await asyncio.gather(new_client(ledger).wait(first), new_client(other_ledger).wait(second))
    assert [result.frames for result in results] == [(PNG,)] * 2
    assert (len(runpod.bodies), runpod.cancelled, statuses(ledger)) == (2, ["job-1"], ["failed", "succeeded"])


async def test_a_loss_and_an_unanswered_send_have_one_repetition_each(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = AllIds()
    runpod.fail("run", runpod.take_and_lose_the_answer)
    with pytest.raises(JobLost):
        await client.infer(matte_request, "k")
    assert statuses(ledger) == ["uncertain", "failed", "failed"]
    flags = [(row.replaces_uncertain, row.replaces_lost) for row in ledger.rows]
    assert flags == [(False, False), (True, False), (True, True)]


async def test_only_a_second_loss_counts_against_the_endpoint(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    breaker = MemoryBreaker(clock)
    client = new_client(breaker=breaker, policy=PATIENT)
    runpod.forgotten = {"job-1"}
    await client.infer(matte_request, "k")
    assert breaker.state.failures == 0
    runpod.forgotten = AllIds()
    with pytest.raises(JobLost):
        await client.infer(matte_request, "other")
    assert (breaker.state.failures, breaker.state.error) == (1, "lost")


async def test_a_run_that_is_cancelled_while_it_replaces_a_job_leaves_nothing_to_be_sent(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1"}
    task = asyncio.ensure_future(client.infer(matte_request, "k"))

    def stop(request: httpx.Request) -> httpx.Response:
        task.cancel()
        return httpx.Response(503)

    runpod.fail("cancel", stop)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (statuses(ledger), len(runpod.bodies)) == (["failed", "cancelled"], 1)


async def test_a_cancel_that_comes_before_the_endpoint_knows_the_job_is_repeated(
    client: GpuClient, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    job = await client.submit(matte_request, "k")
    runpod.fail("cancel", httpx.Response(404), httpx.Response(404))
    await client.cancel(job)
    assert (runpod.cancelled, clock.slept) == (["job-1"], [1.0, 1.0])


async def test_a_cancel_that_is_never_known_is_given_up(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    job = await client.submit(matte_request, "k")
    runpod.fail("cancel", *[httpx.Response(404)] * 9)
    await client.cancel(job)
    assert len([request for request in runpod.requests if "/cancel/" in request.url.path]) == 3
    assert statuses(ledger) == ["cancelled"]


async def test_a_call_that_the_endpoint_cancelled_is_raised_as_that(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.fail("status", httpx.Response(404), httpx.Response(200, json={"status": "CANCELLED"}))
    with pytest.raises(JobCancelled):
        await client.infer(matte_request, "k")
    assert (len(runpod.bodies), statuses(ledger)) == (1, ["cancelled"])
