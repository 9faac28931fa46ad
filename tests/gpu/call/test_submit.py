"""Submitting: what is written down, what is tried again, and what is never sent twice."""

from __future__ import annotations

import json
from collections.abc import Sequence

import httpx
import pytest

from gpu.call.submit import run_body
from gpu.client import GpuClient
from gpu.contract import RUN_BODY_LIMIT, Request
from gpu.errors import (
    EndpointMissing,
    GpuError,
    NotConnected,
    RateLimited,
    RequestRefused,
    RequestTooLarge,
    TransportError,
    Unauthorized,
)
from gpu.ledger import CallRecord, MemoryLedger
from tests.gpu.call.harness import statuses
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import KEY, FakeRunpod


async def test_a_job_is_sent_with_its_input_its_policy_and_the_key(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    job = await client.submit(matte_request, "k", deadline=60)
    assert (job.record.remote_id, job.record.status, job.resumed) == ("job-1", "submitted", False)
    assert runpod.bodies == [
        {"input": matte_request.to_input(), "policy": {"executionTimeout": 60_000, "ttl": 86_460_000}}
    ]
    assert runpod.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_the_policy_never_falls_below_what_runpod_accepts(matte_request: Request) -> None:
    assert json.loads(run_body(matte_request, 1.0))["policy"]["executionTimeout"] == 5_000


async def test_the_ledger_knows_of_the_call_before_the_endpoint_does(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    seen: list[list[str]] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(statuses(ledger))
        return httpx.Response(200, json={"id": "job-1"})

    runpod.fail("run", note)
    await client.submit(matte_request, "k")
    assert seen == [["sending"]]
    assert statuses(ledger) == ["submitted"]


async def test_429_is_waited_out_as_long_as_the_endpoint_asks(
    client: GpuClient, runpod: FakeRunpod, clock: Clock, matte_request: Request
) -> None:
    runpod.fail("run", httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(429))
    await client.submit(matte_request, "k", deadline=60)
    assert len(runpod.bodies) == 1
    assert clock.slept[0] == 7.0
    assert 0.18 <= clock.slept[1] <= 0.376


async def test_429_for_ever_is_an_error_and_the_call_is_failed(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.fail("run", *[httpx.Response(429) for _ in range(6)])
    with pytest.raises(RateLimited):
        await client.submit(matte_request, "k")
    assert statuses(ledger) == ["failed"]
    assert len(runpod.requests) == 6


async def test_an_endpoint_that_asks_for_much_time_is_left_to_the_next_run(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.fail("run", *[httpx.Response(429, headers={"Retry-After": "9"})] * 6)
    with pytest.raises(RateLimited):
        await client.submit(matte_request, "k")
    assert clock.slept == [9.0]
    assert statuses(ledger) == ["failed"]


async def test_a_refused_connection_is_tried_again(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    runpod.fail("run", httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"))
    await client.submit(matte_request, "k")
    assert len(runpod.bodies) == 1


async def test_an_endpoint_that_cannot_be_reached_is_named_after_six_tries(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.fail("run", *[httpx.ConnectError("refused") for _ in range(6)])
    with pytest.raises(TransportError, match="ConnectError"):
        await client.submit(matte_request, "k")
    assert len(clock.slept) == 5
    assert clock.slept[4] > clock.slept[0]
    assert statuses(ledger) == ["failed"]


async def test_an_endpoint_behind_a_page_for_signing_in_is_away(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request, clock: Clock
) -> None:
    runpod.fail("run", *[httpx.Response(302, headers={"Location": "https://login.example/"})] * 6)
    with pytest.raises(NotConnected):
        await client.submit(matte_request, "k")
    assert len(clock.slept) == 5
    assert statuses(ledger) == ["failed"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (403, Unauthorized),
        (404, EndpointMissing),
        (400, RequestRefused),
        (405, RequestRefused),
        (413, RequestTooLarge),
    ],
)
async def test_a_refusal_is_not_tried_again(
    client: GpuClient,
    runpod: FakeRunpod,
    ledger: MemoryLedger,
    matte_request: Request,
    status: int,
    error: type[GpuError],
) -> None:
    runpod.fail("run", httpx.Response(status))
    with pytest.raises(error):
        await client.submit(matte_request, "k")
    assert len(runpod.requests) == 1
    assert statuses(ledger) == ["failed"]


async def test_a_request_over_the_body_limit_is_never_sent(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger
) -> None:
    with pytest.raises(RequestTooLarge):
        await client.submit(Request("rembg", (bytes(RUN_BODY_LIMIT * 3 // 4),)), "k")
    assert runpod.requests == []
    assert statuses(ledger) == ["failed"]


async def test_an_endpoint_that_calls_the_body_too_large_is_understood(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    runpod.fail("run", httpx.Response(400, json={"error": "body: exceeded max body size of 10MiB"}))
    with pytest.raises(RequestTooLarge):
        await client.submit(matte_request, "k")


async def test_the_frames_of_a_call_are_in_the_ledger(
    client: GpuClient, runpod: FakeRunpod, ledger: MemoryLedger, matte_request: Request
) -> None:
    runpod.fail("run", httpx.ReadTimeout("no answer"))
    await client.infer(matte_request, "k", frame_keys=["a", "b"])
    assert [row.frame_keys for row in ledger.rows] == [("a", "b"), ("a", "b")]


@pytest.mark.parametrize("kind", ["run", "status"])
@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(401, text=f"bad token {KEY}"),
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"),
        httpx.Response(400, text=KEY),
    ],
)
async def test_no_error_tells_the_key(
    new_client: ClientFactory, runpod: FakeRunpod, matte_request: Request, kind: str, fault: httpx.Response
) -> None:
    runpod.fail(kind, *[fault] * 6)
    with pytest.raises(GpuError) as caught:
        await new_client().infer(matte_request, "k")
    assert KEY not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None


async def test_a_worker_that_tells_the_key_is_not_repeated(
    client: GpuClient, runpod: FakeRunpod, matte_request: Request
) -> None:
    runpod.outcome = lambda body: {"status": "FAILED", "error": f"refused {KEY}"}
    with pytest.raises(GpuError, match="refused …"):
        await client.infer(matte_request, "k")


async def test_a_new_call_is_opened_once(clock: Clock, new_client: ClientFactory, matte_request: Request) -> None:
    class Counting(MemoryLedger):
        opened = 0

        async def get_or_create(
            self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()
        ) -> CallRecord:
            self.opened += 1
            return await super().get_or_create(request, key, endpoint, frame_keys)

    ledger = Counting(clock.now)
    await new_client(ledger).submit(matte_request, "k")
    assert ledger.opened == 1
