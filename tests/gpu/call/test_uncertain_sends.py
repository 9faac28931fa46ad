"""Sends whose answer did not come, and runs that were cancelled or lost their row meanwhile: one job at most."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import (
    JobCancelled,
    SendUncertain,
    TransportError,
)
from gpu.ledger import CallMovedError, CallRecord, MemoryLedger, Result
from gpu.runpod.policy import CallPolicy
from tests.gpu.call.harness import statuses
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadTimeout("no answer"),
        httpx.ReadError("reset by peer"),
        httpx.WriteError("broken pipe"),
        httpx.WriteTimeout("stuck"),
        httpx.CloseError("closed"),
        httpx.DecodingError("not gzip"),
        httpx.RemoteProtocolError("dropped"),
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(524),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(200, json={"status": "IN_QUEUE"}),
    ],
)
async def test_an_unanswered_send_is_repeated_once_after_the_wait_and_both_are_shown(
    client: GpuClient,
    runpod: FakeRunpod,
    ledger: MemoryLedger,
    clock: Clock,
    matte_request: Request,
    fault: httpx.Response,
) -> None:
    runpod.fail("run", fault)
    job = await client.submit(matte_request, "k")
    assert job.record.attempt == 2
    assert statuses(ledger) == ["uncertain", "submitted"]
    assert sum(clock.slept) == pytest.approx(15.0)


async def test_two_unanswered_sends_end_the_call(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.fail("run", httpx.ReadTimeout("no"), httpx.ReadTimeout("no"))
    with pytest.raises(SendUncertain):
        await client.submit(matte_request, "k")
    assert [request.url.path for request in runpod.requests].count("/v2/ep/run") == 2
    assert statuses(ledger) == ["uncertain", "failed"]


async def test_an_unanswered_send_is_not_repeated_while_the_endpoint_does_not_answer_at_all(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.fail("run", httpx.ReadTimeout("no answer"))
    runpod.fail("health", *[httpx.ReadTimeout("no answer")] * 6)
    with pytest.raises(TransportError):
        await client.submit(matte_request, "k")
    assert statuses(ledger) == ["uncertain"]
    assert (await client.submit(matte_request, "k")).record.attempt == 2
    assert statuses(ledger) == ["uncertain", "submitted"]


async def test_a_webhook_may_name_the_job_of_an_unanswered_send(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    class Claiming(MemoryLedger):
        async def refresh(self, record: CallRecord) -> CallRecord:
            return await self.mark_submitted(record, "job-1")

    runpod.fail("run", runpod.take_and_lose_the_answer)
    claiming = Claiming()
    result = await new_client(claiming).infer(matte_request, "k")
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == 1
    assert statuses(claiming) == ["succeeded"]


async def test_a_call_that_a_person_ends_while_it_is_uncertain_is_not_sent_again(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Ended(MemoryLedger):
        async def refresh(self, record: CallRecord) -> CallRecord:
            return await self.mark_cancelled(record)

    runpod.fail("run", httpx.ReadTimeout("no"))
    with pytest.raises(JobCancelled):
        await new_client(Ended()).submit(matte_request, "k")
    assert len(runpod.requests) == 1


async def test_a_job_whose_id_could_not_be_written_down_is_cancelled(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Moved(MemoryLedger):
        """Another run has given this send up meanwhile, and will send again."""

        async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
            await self.mark_uncertain(record)
            return await super().mark_submitted(record, remote_id)

    ledger = Moved()
    with pytest.raises(CallMovedError):
        await new_client(ledger).submit(matte_request, "k")
    assert runpod.cancelled == ["job-1"]
    assert statuses(ledger) == ["uncertain"]


async def test_a_job_whose_id_is_written_down_by_somebody_else_is_theirs(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Named(MemoryLedger):
        async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
            await super().mark_submitted(record, remote_id)
            return await super().mark_submitted(record, remote_id)

    with pytest.raises(CallMovedError):
        await new_client(Named()).submit(matte_request, "k")
    assert runpod.cancelled == []


async def test_a_ledger_that_cannot_be_read_leaves_the_job_alone(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Gone(MemoryLedger):
        async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
            raise ConnectionError("the database has gone")

        async def refresh(self, record: CallRecord) -> CallRecord:
            raise ConnectionError("the database has gone")

    with pytest.raises(ConnectionError):
        await new_client(Gone()).submit(matte_request, "k")
    assert runpod.cancelled == []


async def test_a_run_that_lost_its_row_sends_nothing(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Lost(MemoryLedger):
        async def mark_sending(self, record: CallRecord) -> CallRecord:
            raise CallMovedError("another run has it")

    with pytest.raises(CallMovedError):
        await new_client(Lost()).submit(matte_request, "k")
    assert runpod.requests == []


async def test_two_runs_of_one_work_at_once_make_one_job(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    async def run() -> Result:
        return await new_client().infer(matte_request, "k")

    outcomes = await asyncio.gather(run(), run())
    assert len(runpod.bodies) == 1
    assert statuses(ledger) == ["succeeded"]
    assert [outcome.frames for outcome in outcomes] == [(PNG,)] * 2


async def test_a_job_of_another_endpoint_is_sent_anew(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    await new_client().submit(matte_request, "k")
    job = await new_client(url="https://other.test/v2/ep").submit(matte_request, "k")
    assert not job.resumed
    assert [row.endpoint for row in ledger.rows] == ["https://gpu.test/v2/ep", "https://other.test/v2/ep"]
    assert statuses(ledger) == ["failed", "submitted"]


async def test_a_task_cancelled_while_it_sends_calls_the_job_off(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    async def cancel_and_answer() -> str:
        task.cancel()
        await asyncio.sleep(0)
        return "job-1"

    client = new_client()
    client._endpoint.run = lambda body: cancel_and_answer()  # type: ignore[method-assign]
    task = asyncio.ensure_future(client.submit(matte_request, "k"))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(ledger) == ["cancelled"]
    assert runpod.cancelled == ["job-1"]


async def test_a_task_cancelled_between_two_tries_leaves_a_cancelled_call(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory, clock: Clock
) -> None:
    runpod.fail("run", httpx.ConnectError("refused"))

    class Stopping(Clock):
        async def sleep(self, seconds: float) -> None:
            task.cancel()
            await asyncio.sleep(0)

    client = new_client(policy=CallPolicy(), other_clock=Stopping())
    task = asyncio.ensure_future(client.submit(matte_request, "k"))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(ledger) == ["cancelled"]
    assert runpod.bodies == []


async def test_a_task_cancelled_while_it_writes_that_it_sends_leaves_a_cancelled_call(
    runpod: FakeRunpod, matte_request: Request, new_client: ClientFactory
) -> None:
    class Slow(MemoryLedger):
        async def mark_sending(self, record: CallRecord) -> CallRecord:
            moved = await super().mark_sending(record)
            task.cancel()
            await asyncio.sleep(0)
            return moved

    ledger = Slow()
    task = asyncio.ensure_future(new_client(ledger).submit(matte_request, "k"))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (statuses(ledger), runpod.requests) == (["cancelled"], [])


async def test_a_send_that_ends_with_its_process_stays_uncertain(
    ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    asked = asyncio.Event()

    async def never_answer(body: bytes) -> str:
        asked.set()
        await asyncio.Event().wait()
        return "job-1"

    client = new_client()
    client._endpoint.run = never_answer  # type: ignore[method-assign]
    task = asyncio.ensure_future(client.submit(matte_request, "k"))
    await asked.wait()
    for ending in asyncio.all_tasks() - {asyncio.current_task()}:  # as asyncio.run does at its end
        ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert statuses(ledger) == ["uncertain"]


async def test_a_task_cancelled_twice_while_it_sends_still_calls_the_job_off(
    runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, new_client: ClientFactory
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def answer_late(body: bytes) -> str:
        asked.set()
        await answer.wait()
        return "job-1"

    client = new_client()
    client._endpoint.run = answer_late  # type: ignore[method-assign]
    task = asyncio.ensure_future(client.submit(matte_request, "k"))
    await asked.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    answer.set()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
    assert (statuses(ledger), runpod.cancelled) == (["cancelled"], ["job-1"])
