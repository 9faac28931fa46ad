"""An endpoint that is away: nothing is sent to it, and what it was sent is neither cancelled nor held against it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.call.breaker_port import MemoryBreaker
from gpu.contract import Request
from gpu.errors import EndpointDown, NeverStarted, TransportError, Unauthorized
from gpu.ledger import MemoryLedger
from gpu.runpod.policy import RETENTION_S, CallPolicy
from gpu.runpod.responses import JobState
from tests.gpu.call.harness import statuses
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import PNG, FakeRunpod

REFUSED = httpx.ConnectError("refused")


async def test_an_endpoint_that_does_not_answer_opens_the_breaker(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock
) -> None:
    client = new_client(breaker=MemoryBreaker(clock), policy=CallPolicy(max_tries=1))
    runpod.fail("health", *[REFUSED] * 3)
    for _ in range(3):
        with pytest.raises(TransportError):
            await client.require_answer()
    with pytest.raises(EndpointDown):
        await client.require_answer()
    assert len(runpod.requests) == 3


async def test_each_failure_after_the_cooldown_doubles_it_and_an_answer_ends_it(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock
) -> None:
    breaker = MemoryBreaker(clock)
    client = new_client(breaker=breaker, policy=CallPolicy(max_tries=1))
    runpod.fail("health", *[REFUSED] * 4)
    for seconds in (0, 0, 0, 11):
        clock.time += seconds
        with pytest.raises(TransportError):
            await client.require_answer()
    assert (breaker.state.phase, breaker.state.cooldown) == ("open", 20.0)
    clock.time += 21
    await client.require_answer()
    assert breaker.state.phase == "closed"


async def test_an_endpoint_that_has_just_answered_is_not_asked_again(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock
) -> None:
    client = new_client()
    for seconds in (0.0, 1.0, 5.0):
        clock.time += seconds
        await client.require_answer()
    assert len(runpod.requests) == 2


async def test_an_endpoint_that_asks_to_slow_down_is_there(new_client: ClientFactory, runpod: FakeRunpod) -> None:
    runpod.fail("health", httpx.Response(429))
    await new_client(policy=CallPolicy(max_tries=1)).require_answer()


async def test_a_job_that_outages_explain_the_loss_of_is_sent_each_time(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1", "job-2", "job-3"}
    for _ in range(3):
        runpod.fail("status", REFUSED, *[httpx.Response(404)] * 16)
    assert (await new_client(policy=CallPolicy()).infer(matte_request, "k")).frames == (PNG,)
    assert statuses(ledger) == ["failed", "failed", "failed", "succeeded"]


async def test_a_loss_that_the_run_before_explains_is_no_second_one(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    runpod.forgotten = {"job-1", "job-2"}
    client = new_client(policy=CallPolicy(), away_until=clock.time + 1e6)
    assert (await client.infer(matte_request, "k")).frames == (PNG,)


async def test_a_deadline_counts_from_the_end_of_an_outage(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    policy = CallPolicy(deadline=0.2, final_poll_timeout=0.05)
    runpod.polls_until_done = 4
    job = await new_client(policy=policy).submit(matte_request, "k")
    clock.time += 900
    assert (await new_client(policy=policy, away_until=clock.time).wait(job)).frames == (PNG,)


async def test_a_job_that_is_never_started_is_left_in_the_queue_for_the_next_run(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    policy = CallPolicy(deadline=0.02)
    runpod.polls_until_done = 1_000_000
    client = new_client(policy=policy)
    with pytest.raises(NeverStarted):
        await client.wait(await client.submit(matte_request, "k"))
    assert (statuses(ledger), runpod.cancelled) == (["submitted"], [])
    runpod.polls_until_done = 0
    assert (await new_client(policy=policy).infer(matte_request, "k")).frames == (PNG,)
    assert len(runpod.bodies) == 1


async def test_a_job_that_was_in_the_queue_for_long_is_not_taken_for_forgotten(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: MemoryLedger, clock: Clock, matte_request: Request
) -> None:
    client = new_client(policy=CallPolicy(deadline=1e9))
    job = await client.submit(matte_request, "k")
    clock.time += 2 * RETENTION_S
    runpod.fail("status", httpx.Response(200, json={"status": "IN_QUEUE"}), *[httpx.Response(404)] * 3)
    assert (await client.wait(job)).frames == (PNG,)
    assert statuses(ledger) == ["succeeded"]


async def test_an_endpoint_that_has_refused_our_key_is_asked_whether_it_still_does(
    new_client: ClientFactory, runpod: FakeRunpod, clock: Clock
) -> None:
    breaker = MemoryBreaker(clock)
    client = new_client(breaker=breaker)
    runpod.fail("health", httpx.Response(401), httpx.Response(401))
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await client.require_answer()
    await client.require_answer()
    assert breaker.state.phase == "closed"


async def test_an_endpoint_that_hangs_when_the_deadline_comes_fails_no_job(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    policy = CallPolicy(deadline=0.05, final_poll_timeout=0.05, max_tries=1)
    client = new_client(policy=policy)
    job = await client.submit(matte_request, "k")

    async def hang(remote_id: str) -> JobState:
        client._endpoint.status = refuse  # type: ignore[method-assign]
        await asyncio.Event().wait()
        raise AssertionError

    async def refuse(remote_id: str) -> JobState:
        raise TransportError("The GPU endpoint could not be reached.")

    client._endpoint.status = hang  # type: ignore[method-assign]
    with pytest.raises(TransportError):
        await client.wait(job)
    assert (statuses(ledger), runpod.cancelled) == (["submitted"], [])


async def test_a_wait_that_is_cancelled_after_detaching_leaves_the_job_alone(
    new_client: ClientFactory, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.polls_until_done = 1_000_000
    client = new_client()
    job = await client.submit(matte_request, "k")
    task = asyncio.ensure_future(client.wait(job))
    await asyncio.sleep(0)
    client.detach()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (statuses(ledger), runpod.cancelled) == (["submitted"], [])
