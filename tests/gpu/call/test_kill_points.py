"""`kill -9` at any point: the next run, a new client over the same ledger, finishes the work without paying twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gpu.contract import Request
from gpu.errors import GpuError
from gpu.ledger import UNTIMED, CallRecord, MemoryLedger, Result, Timings
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod


class ProcessKilled(BaseException):
    """Stands for `kill -9`: nothing of the run is executed any more."""


class DyingLedger(MemoryLedger):
    """A ledger whose process dies once, right before or right after one named write."""

    def __init__(self, point: str, clock: Clock) -> None:
        super().__init__(now=clock.now)
        self._point = point

    def _die_at(self, point: str) -> None:
        if point == self._point:
            self._point = ""
            raise ProcessKilled

    async def mark_sending(self, record: CallRecord) -> CallRecord:
        self._die_at("before sending")
        moved = await super().mark_sending(record)
        self._die_at("after sending")
        return moved

    async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
        self._die_at("before submitted")
        moved = await super().mark_submitted(record, remote_id)
        self._die_at("after submitted")
        return moved

    async def mark_uncertain(self, record: CallRecord) -> CallRecord:
        moved = await super().mark_uncertain(record)
        self._die_at("after uncertain")
        return moved

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        self._die_at("before again")
        moved = await super().resend(record, timings)
        self._die_at("after again")
        return moved

    async def replace_lost(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        self._die_at("before replace_lost")
        moved = await super().replace_lost(record, error, timings)
        self._die_at("after replace_lost")
        return moved

    async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
        self._die_at("before succeeded")
        moved = await super().mark_succeeded(record, result)
        self._die_at("after succeeded")
        return moved


async def run_killed_and_again(
    ledger: DyingLedger, clock: Clock, new_client: ClientFactory, request: Request, later: float = 3.0
) -> Result:
    with pytest.raises(ProcessKilled):
        await new_client(ledger).infer(request, "k", frame_keys=["a"])
    clock.slept.clear()
    clock.time += later
    return await new_client(ledger).infer(request, "k", frame_keys=["a"])


@pytest.mark.parametrize("point", ["before sending", "after submitted", "before succeeded", "after succeeded"])
async def test_a_run_killed_where_the_ledger_knows_enough_pays_once(
    point: str, runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    ledger = DyingLedger(point, clock)
    result = await run_killed_and_again(ledger, clock, new_client, matte_request)
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == 1
    assert [row.status for row in ledger.rows] == ["succeeded"]
    assert sum(clock.slept) < 1.0


@pytest.mark.parametrize(("point", "executions"), [("after sending", 1), ("before submitted", 2)])
async def test_a_run_killed_while_its_send_is_unanswered_sends_once_more_after_the_wait_and_shows_both(
    point: str, executions: int, runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    ledger = DyingLedger(point, clock)
    result = await run_killed_and_again(ledger, clock, new_client, matte_request)
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == executions
    assert [row.status for row in ledger.rows] == ["uncertain", "succeeded"]
    assert sum(clock.slept) == pytest.approx(12.0, abs=0.1)


@pytest.mark.parametrize("point", ["after uncertain", "before again", "after again"])
async def test_a_run_killed_while_it_resolves_an_uncertain_send_repeats_it_once_in_all(
    point: str, runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    runpod.fail("run", runpod.take_and_lose_the_answer)
    ledger = DyingLedger(point, clock)
    result = await run_killed_and_again(ledger, clock, new_client, matte_request, later=20.0)
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == 2
    assert [(row.attempt, row.status) for row in ledger.rows] == [(1, "uncertain"), (2, "succeeded")]
    assert sum(clock.slept) < 1.0


async def test_a_run_killed_while_polling_takes_the_job_up_by_its_id(
    runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    def kill(request: httpx.Request) -> httpx.Response:
        raise ProcessKilled

    ledger = DyingLedger("", clock)
    runpod.fail("status", kill)
    result = await run_killed_and_again(ledger, clock, new_client, matte_request)
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == 1
    assert {request.url.path for request in runpod.requests[1:]} == {"/v2/ep/status/job-1"}


async def test_a_job_that_failed_while_its_run_was_dead_fails_the_next_run_without_a_second_send(
    runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    def broken(body: dict[str, Any]) -> dict[str, Any]:
        return {"status": "FAILED", "error": "boom"}

    runpod.outcome = broken
    ledger = DyingLedger("after submitted", clock)
    with pytest.raises(GpuError, match="boom"):
        await run_killed_and_again(ledger, clock, new_client, matte_request)
    assert (len(runpod.bodies), [row.status for row in ledger.rows]) == (1, ["failed"])


async def test_a_run_that_comes_back_long_after_the_deadline_still_takes_a_finished_result(
    runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    runpod.polls_until_done = 0
    ledger = DyingLedger("after submitted", clock)
    result = await run_killed_and_again(ledger, clock, new_client, matte_request, later=1200.0)
    assert result.frames == (PNG,)
    assert (len(runpod.bodies), runpod.cancelled) == (1, [])


@pytest.mark.parametrize("point", ["before replace_lost", "after replace_lost"])
async def test_a_run_killed_while_it_replaces_a_lost_job_replaces_it_once_in_all(
    point: str, runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, matte_request: Request
) -> None:
    ledger = DyingLedger(point, clock)
    runpod.forgotten = {"job-1"}
    result = await run_killed_and_again(ledger, clock, new_client, matte_request)
    assert result.frames == (PNG,)
    assert len(runpod.bodies) == 2
    assert [(row.status, row.replaces_lost) for row in ledger.rows] == [("failed", False), ("succeeded", True)]
