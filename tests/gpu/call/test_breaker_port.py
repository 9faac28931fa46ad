"""The client and its breaker: what it is told, and what it keeps from being sent."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from gpu.call.breaker import COOLDOWN_S, FAILURES_TO_OPEN, TRIAL_TIMEOUT_S, BreakerState
from gpu.call.breaker_port import MemoryBreaker
from gpu.contract import RUN_BODY_LIMIT, Request
from gpu.errors import EndpointDown, GpuError, RequestTooLarge, TransportError, Unauthorized, WorkerCrashed
from gpu.ledger import MemoryLedger
from tests.gpu.call.harness import CRASH, DOWN, broken, health
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod, alphas


@pytest.fixture
def breaker(clock: Clock) -> MemoryBreaker:
    return MemoryBreaker(clock)


def crash(body: dict[str, Any]) -> dict[str, Any]:
    return {"status": "FAILED", "error": "worker exited with exit code 137"}


async def crash_three_times(runpod: FakeRunpod, new_client: ClientFactory, breaker: MemoryBreaker) -> None:
    runpod.outcome = crash
    for number in range(3):
        with pytest.raises(WorkerCrashed):
            await new_client(breaker=breaker).infer(Request("rembg", (b"x",)), f"crash {number}")
    runpod.outcome = alphas


async def test_nothing_is_sent_to_an_endpoint_whose_workers_crash(
    runpod: FakeRunpod,
    ledger: MemoryLedger,
    new_client: ClientFactory,
    breaker: MemoryBreaker,
    matte_request: Request,
) -> None:
    await crash_three_times(runpod, new_client, breaker)
    asked = len(runpod.requests)
    with pytest.raises(EndpointDown, match="The GPU is failing"):
        await new_client(breaker=breaker).submit(matte_request, "k")
    assert len(runpod.requests) == asked
    assert (ledger.rows[-1].status, ledger.rows[-1].sent_at) == ("failed", 0.0)


async def test_after_the_cooldown_one_call_tries_and_its_success_lets_the_others_in(
    runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    await crash_three_times(runpod, new_client, breaker)
    clock.time += COOLDOWN_S
    client = new_client(breaker=breaker)
    trial = await client.submit(matte_request, "k")
    other = asyncio.ensure_future(client.infer(matte_request, "other"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (len(runpod.bodies), breaker.state.phase) == (4, "half_open")
    assert (await client.wait(trial)).frames == (PNG,)
    assert (await other).frames == (PNG,)


async def test_a_call_that_waits_for_a_trial_fails_with_it(
    runpod: FakeRunpod, clock: Clock, new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    await crash_three_times(runpod, new_client, breaker)
    clock.time += COOLDOWN_S
    runpod.outcome = crash
    client = new_client(breaker=breaker)
    trial = await client.submit(matte_request, "k")
    other = asyncio.ensure_future(client.submit(matte_request, "other"))
    await asyncio.sleep(0)
    with pytest.raises(WorkerCrashed):
        await client.wait(trial)
    with pytest.raises(EndpointDown) as down:
        await other
    assert not down.value.on_trial
    assert (len(runpod.bodies), breaker.state.phase) == (4, "open")


async def test_a_trial_without_an_end_holds_the_others_for_a_minute_only(
    clock: Clock, new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    breaker.state = BreakerState("half_open", 3, "worker_crashed", trial_at=clock.time)
    started = clock.time
    assert (await new_client(breaker=breaker).infer(matte_request, "k")).frames == (PNG,)
    assert clock.time - started == pytest.approx(TRIAL_TIMEOUT_S, abs=1.0)


async def test_a_job_that_the_endpoint_has_is_waited_for_whatever_the_breaker_says(
    new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    await new_client(breaker=breaker).submit(matte_request, "k")
    breaker.state = BreakerState("open", 3, "worker_crashed", opened_at=1_000_000.0)
    assert (await new_client(breaker=breaker).infer(matte_request, "k")).frames == (PNG,)
    assert breaker.state == BreakerState()


async def test_a_refused_key_is_not_tried_with_every_frame(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request
) -> None:
    runpod.fail("run", httpx.Response(401))
    client = new_client()
    with pytest.raises(Unauthorized):
        await client.submit(matte_request, "k")
    with pytest.raises(EndpointDown, match="does not accept our key"):
        await client.submit(matte_request, "other")
    assert len(runpod.requests) == 1


async def test_a_status_that_cannot_be_had_counts_and_a_job_that_is_taken_forgives(
    runpod: FakeRunpod, new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    runpod.fail("status", *[httpx.Response(502)] * 6)
    with pytest.raises(TransportError):
        await new_client(breaker=breaker).infer(matte_request, "k")
    assert (breaker.state.failures, breaker.state.error) == (1, "unreachable")
    await new_client(breaker=breaker).submit(matte_request, "other")
    assert breaker.state == BreakerState()


async def test_a_request_that_is_too_large_does_not_use_up_the_one_trial(
    clock: Clock, new_client: ClientFactory, breaker: MemoryBreaker, matte_request: Request
) -> None:
    breaker.state = BreakerState("open", 3, "worker_crashed", opened_at=clock.time - COOLDOWN_S)
    with pytest.raises(RequestTooLarge):
        await new_client(breaker=breaker).submit(Request("rembg", (bytes(RUN_BODY_LIMIT),)), "big")
    assert breaker.state.phase == "open"


async def test_the_repetition_of_an_uncertain_send_asks_the_breaker_too(
    runpod: FakeRunpod,
    ledger: MemoryLedger,
    new_client: ClientFactory,
    breaker: MemoryBreaker,
    matte_request: Request,
) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        breaker.state = BreakerState("open", 3, "worker_crashed", opened_at=1_000_014.0)
        raise httpx.ReadTimeout("no answer")

    runpod.fail("run", lose)
    with pytest.raises(EndpointDown):
        await new_client(breaker=breaker).submit(matte_request, "k")
    assert [row.status for row in ledger.rows] == ["uncertain", "failed"]
    assert runpod.bodies == []


class BrokenBreaker(MemoryBreaker):
    """A breaker whose row cannot be written."""

    async def on_submitted(self) -> None:
        raise ConnectionError("the database has gone, with password=hunter2")

    async def on_finished(self, error: GpuError | None) -> None:
        raise ConnectionError("the database has gone, with password=hunter2")


async def test_a_breaker_that_cannot_be_written_costs_no_result(
    clock: Clock, new_client: ClientFactory, matte_request: Request, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert (await new_client(breaker=BrokenBreaker(clock)).infer(matte_request, "k")).frames == (PNG,)
    assert "could not be told" in caplog.text
    assert "hunter2" not in caplog.text


async def test_a_breaker_in_memory_refuses_tries_and_recovers(clock: Clock) -> None:
    breaker = MemoryBreaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        await breaker.admit()
        await breaker.on_finished(CRASH)
    with pytest.raises(EndpointDown):
        await breaker.admit()
    clock.time += COOLDOWN_S
    await breaker.admit()
    with pytest.raises(EndpointDown):
        await breaker.admit()
    await breaker.on_submitted()
    assert breaker.state.phase == "half_open"
    await breaker.require_not_open()
    await breaker.on_health(health(queue=1, unhealthy=1))
    assert breaker.state.stalled_since == clock.now()
    await breaker.on_finished(None)
    assert breaker.state == BreakerState()


async def test_a_breaker_in_memory_starts_from_a_given_state_and_recovers_with_a_submitted_job(
    clock: Clock,
) -> None:
    breaker = MemoryBreaker(clock, broken(DOWN, clock.time - COOLDOWN_S))
    await breaker.admit()
    await breaker.on_submitted()
    assert breaker.state == BreakerState()
