"""Waiting for a job: faults on the way, its end, its deadline, and being cancelled."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from gpu.call.remote_job import RemoteJob
from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import (
    BadOutput,
    DeadlineExceeded,
    GpuError,
    JobCancelled,
    JobFailed,
    JobTimedOut,
    OutputLost,
    RateLimited,
    TransportError,
    Unauthorized,
)
from gpu.ledger import UNTIMED, CallMovedError, CallRecord, MemoryLedger, Result, Timings
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod


def status_of(ledger: MemoryLedger) -> str:
    return ledger.rows[-1].status


async def test_a_job_brings_its_mattes_and_its_times(
    client: GpuClient, ledger: MemoryLedger, matte_request: Request
) -> None:
    result = await client.infer(matte_request, "k")
    assert (result.frames, result.timings) == ((PNG,), Timings(120, 345))
    assert result.output["model"] == "isnet"
    assert ledger.rows[-1].result == result


async def test_asking_starts_fast_and_slows_to_four_times_a_second(
    client: GpuClient, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    runpod.polls_until_done = 6
    await client.infer(matte_request, "k")
    assert clock.slept == pytest.approx([0.05, 0.075, 0.1125, 0.16875, 0.25, 0.25])


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(502),
        httpx.Response(429),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"status": "DANCING"}),
        httpx.ReadTimeout("no answer"),
        httpx.RemoteProtocolError("dropped"),
    ],
)
async def test_five_faults_in_a_row_are_borne(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request, fault: httpx.Response
) -> None:
    runpod.fail("status", *[fault] * 5)
    assert (await client.infer(matte_request, "k")).frames == (PNG,)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.Response(502), TransportError),
        (httpx.Response(429), RateLimited),
        (httpx.ReadError("dropped"), TransportError),
    ],
)
async def test_six_faults_in_a_row_end_the_run_but_not_the_job(
    runpod: FakeRunpod,
    ledger: MemoryLedger,
    matte_request: Request,
    new_client: ClientFactory,
    fault: httpx.Response,
    error: type[GpuError],
) -> None:
    runpod.fail("status", *[fault] * 6)
    with pytest.raises(error):
        await new_client().infer(matte_request, "k")
    assert status_of(ledger) == "submitted"
    assert (await new_client().infer(matte_request, "k")).frames == (PNG,)
    assert len(runpod.bodies) == 1


async def test_a_wrong_key_ends_the_run_at_once(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    job = await client.submit(matte_request, "k")
    runpod.fail("status", httpx.Response(401))
    with pytest.raises(Unauthorized):
        await client.wait(job)


@pytest.mark.parametrize(
    ("state", "error", "status"),
    [
        ({"status": "FAILED", "error": json.dumps({"code": "bad_image", "message": "no"})}, JobFailed, "failed"),
        ({"status": "TIMED_OUT"}, JobTimedOut, "failed"),
        ({"status": "CANCELLED"}, JobCancelled, "cancelled"),
        ({"status": "COMPLETED"}, OutputLost, "failed"),
        ({"status": "COMPLETED", "output": {"results": []}}, BadOutput, "failed"),
    ],
)
async def test_a_job_that_ends_badly_is_written_down_and_raised(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, state: dict[str, object],
    error: type[GpuError], status: str,
) -> None:  # fmt: skip
    runpod.outcome = lambda body: state
    with pytest.raises(error):
        await client.infer(matte_request, "k")
    assert status_of(ledger) == status


async def test_the_ledger_gets_the_cost_of_a_failed_job(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    costs: list[tuple[str, Timings]] = []

    class Costed(MemoryLedger):
        async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
            costs.append((error.code, timings))
            return await super().mark_failed(record, error, timings)

    runpod.outcome = lambda body: {"status": "FAILED", "error": "boom", "delayTime": 5, "executionTime": 900}
    with pytest.raises(JobFailed):
        await new_client(Costed()).infer(matte_request, "k")
    assert costs == [("internal", Timings(5, 900))]


async def test_work_that_failed_is_a_new_call_when_it_is_asked_for_again(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.fail("status", httpx.Response(200, json={"status": "FAILED", "error": "boom"}))
    with pytest.raises(JobFailed):
        await client.infer(matte_request, "k")
    await client.infer(matte_request, "k")
    assert [(row.attempt, row.status) for row in ledger.rows] == [(1, "failed"), (2, "succeeded")]


async def test_a_result_that_the_ledger_keeps_is_not_asked_for_again(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    first = await client.infer(matte_request, "k")
    asked = len(runpod.requests)
    assert await client.infer(matte_request, "k") == first
    assert len(runpod.requests) == asked


async def test_a_result_that_the_ledger_does_not_keep_is_fetched_again_without_a_new_job(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Forgetful(MemoryLedger):
        async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
            return await super().mark_succeeded(record, None)  # type: ignore[arg-type]

    ledger = Forgetful()
    await new_client(ledger).infer(matte_request, "k")
    assert (await new_client(ledger).infer(matte_request, "k")).frames == (PNG,)
    assert len(runpod.bodies) == 1


async def test_a_job_over_its_deadline_is_failed_and_cancelled(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.polls_until_done, runpod.polls_in_queue = 1_000_000, 0
    with pytest.raises(DeadlineExceeded):
        await client.infer(matte_request, "k", deadline=0.02)
    assert status_of(ledger) == "failed"
    assert runpod.cancelled == ["job-1"]


async def test_an_endpoint_that_refuses_to_cancel_does_not_hide_the_deadline(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    runpod.polls_until_done, runpod.polls_in_queue = 1_000_000, 0
    runpod.fail("cancel", httpx.Response(400))
    with pytest.raises(DeadlineExceeded):
        await client.infer(matte_request, "k", deadline=0.02)


async def start(client: GpuClient, request: Request, runpod: FakeRunpod) -> asyncio.Task[Result]:
    """Start a task that waits for a job which will not end by itself."""
    runpod.polls_until_done = 1_000_000
    task = asyncio.ensure_future(client.infer(request, "k"))
    await runpod.all_asked_about.wait()
    return task


async def test_a_cancelled_task_cancels_its_job(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    task = await start(client, matte_request, runpod)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert status_of(ledger) == "cancelled"
    assert runpod.cancelled == ["job-1"]


async def test_a_cancelled_task_that_lost_its_row_leaves_the_job_to_the_run_that_has_it(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Lost(MemoryLedger):
        async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
            raise CallMovedError("another run has it")

    task = await start(new_client(Lost()), matte_request, runpod)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert runpod.cancelled == []


async def test_a_cancel_is_written_down_before_the_endpoint_is_asked(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    job: RemoteJob = await client.submit(matte_request, "k")
    seen: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.path} {status_of(ledger)}")
        return httpx.Response(200, json={})

    runpod.fail("cancel", httpx.Response(502), note)
    await client.cancel(job)
    assert seen == ["/v2/ep/cancel/job-1 cancelled"]


async def test_health_is_asked_again_after_a_fault(client: GpuClient, runpod: FakeRunpod) -> None:
    runpod.fail("health", httpx.Response(503))
    health = await client.health()
    assert (dict(health.jobs), dict(health.workers)) == ({"inQueue": 3}, {"ready": 2, "initializing": 1})


@pytest.mark.parametrize(
    ("health", "idle"),
    [
        ({"jobs": {}, "workers": {"idle": 2}}, 2),
        ({"jobs": {"inQueue": 1}, "workers": {"idle": 2}}, 0),
        ({"jobs": {}, "workers": {}}, 0),
        (None, 0),
    ],
)
async def test_workers_are_idle_only_while_no_job_waits(
    client: GpuClient, runpod: FakeRunpod, health: dict[str, object] | None, idle: int
) -> None:
    runpod.fail("health", httpx.Response(200, json=health) if health else httpx.Response(404))
    assert await client.idle_workers() == idle


async def test_the_client_is_closed_when_its_block_ends(new_client: ClientFactory, matte_request: Request) -> None:
    async with new_client() as client:
        await client.infer(matte_request, "k")
    with pytest.raises(RuntimeError, match="closed"):
        await client.health()
