"""Many calls side by side."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gpu.client import Call, GpuClient
from gpu.contract import Request
from gpu.errors import GpuError, JobFailed
from gpu.ledger import CallMovedError, CallRecord, MemoryLedger, Result
from gpu.runpod.retry import CallPolicy
from tests.gpu.conftest import ClientFactory
from tests.gpu.fake_runpod import PNG, FakeRunpod, alphas


def calls(count: int) -> list[Call]:
    return [Call(Request("rembg", (bytes([number]),), {"number": number}), f"k{number}") for number in range(count)]


def refuse_odd(body: dict[str, Any]) -> dict[str, Any]:
    return alphas(body) if body["input"]["params"]["number"] % 2 == 0 else {"status": "FAILED", "error": "odd"}


async def test_one_failed_call_leaves_the_others_finished_and_in_order(client: GpuClient, runpod: FakeRunpod) -> None:
    runpod.outcome = refuse_odd
    found = await client.infer_many(calls(5))
    assert [isinstance(outcome, JobFailed) for outcome in found] == [False, True, False, True, False]
    assert [outcome.frames for outcome in found if isinstance(outcome, Result)] == [(PNG,)] * 3


async def test_calls_of_one_key_are_made_once(client: GpuClient, runpod: FakeRunpod) -> None:
    first, second = calls(2)
    found = await client.infer_many([first, second, first])
    assert len(runpod.bodies) == 2
    assert found[0] is found[2]


async def test_no_more_jobs_than_the_limit_are_out_at_once(new_client: ClientFactory) -> None:
    class Counting(MemoryLedger):
        out = most = 0

        async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
            self.out += 1
            self.most = max(self.most, self.out)
            return await super().mark_submitted(record, remote_id)

        async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
            self.out -= 1
            return await super().mark_succeeded(record, result)

    ledger = Counting()
    await new_client(ledger, limits=CallPolicy(concurrency=3)).infer_many(calls(10))
    assert (ledger.most, len(ledger.rows)) == (3, 10)


async def test_an_error_of_the_ledger_is_raised_after_the_others_have_landed(new_client: ClientFactory) -> None:
    class Lost(MemoryLedger):
        async def mark_sending(self, record: CallRecord) -> CallRecord:
            if record.key == "k0":
                raise CallMovedError("another run has it")
            return await super().mark_sending(record)

    ledger = Lost()
    with pytest.raises(CallMovedError):
        await new_client(ledger).infer_many(calls(3))
    assert [row.status for row in ledger.rows] == ["prepared", "succeeded", "succeeded"]


async def test_cancelling_the_whole_cancels_every_job(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger
) -> None:
    runpod.polls_until_done = 1_000_000
    runpod.jobs_expected = 3
    task = asyncio.ensure_future(client.infer_many(calls(3)))
    await runpod.all_asked_about.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(runpod.cancelled) == ["job-1", "job-2", "job-3"]


async def test_an_endpoint_that_is_down_fails_every_call_with_its_own_error(
    client: GpuClient, runpod: FakeRunpod
) -> None:
    runpod.fail("run", *[httpx.Response(401) for _ in range(2)])
    found = await client.infer_many(calls(2))
    assert all(isinstance(outcome, GpuError) for outcome in found)
