"""The recorded cost of a job without an execution time: the most that it can have cost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import DeadlineExceeded, GpuError, NeverStarted, SendUncertain
from gpu.ledger import Timings
from tests.gpu.call.harness import PATIENT, CostRecordingLedger, estimated
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import FakeRunpod


@pytest.fixture
def ledger(clock: Clock) -> CostRecordingLedger:
    return CostRecordingLedger(clock)


@pytest.fixture
def client(new_client: ClientFactory) -> GpuClient:
    return new_client(policy=PATIENT)


async def test_a_job_that_never_left_the_queue_costs_no_more_than_the_last_pause(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.polls_until_done = 1_000_000
    with pytest.raises(NeverStarted):
        await client.infer(matte_request, "k", deadline=0.02)
    ((code, timings),) = ledger.recorded.values()
    assert (code, timings.estimated) == ("cancelled", True)
    assert (timings.execution_ms or 0) <= 1000
    assert runpod.cancelled == ["job-1"]


async def test_a_job_that_ran_past_our_deadline_costs_at_most_its_execution_timeout(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    runpod.polls_until_done, runpod.polls_in_queue = 1_000_000, 0
    job = await client.submit(matte_request, "k", 0.02)
    clock.time += 400.0
    with pytest.raises(DeadlineExceeded):
        await client.wait(job)
    assert ledger.recorded == {1: ("deadline_exceeded", estimated(5.0))}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": "CANCELLED"}, "cancelled"),
        ({"status": "TIMED_OUT"}, "timed_out"),
        ({"status": "FAILED", "error": "boom"}, "internal"),
        ({"status": "COMPLETED"}, "output_lost"),
    ],
)
async def test_an_end_without_an_execution_time_costs_the_most_that_is_possible(
    client: GpuClient,
    runpod: FakeRunpod,
    ledger: CostRecordingLedger,
    clock: Clock,
    matte_request: Request,
    state: dict[str, Any],
    code: str,
) -> None:
    job = await client.submit(matte_request, "k")
    clock.time += 12.0
    runpod.fail("status", httpx.Response(200, json=state | {"delayTime": 40}))
    with pytest.raises(GpuError):
        await client.wait(job)
    said, timings = ledger.recorded[1]
    assert (said, timings) == (code, Timings(40, 11_960, estimated=True))


async def test_a_cancelled_job_costs_the_most_that_is_possible(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    job = await client.submit(matte_request, "k")
    clock.time += 9.0
    await client.cancel(job)
    assert ledger.recorded == {1: ("cancelled", estimated(9.0))}


async def test_sends_without_an_answer_cost_the_most_that_is_possible(
    client: GpuClient, runpod: FakeRunpod, ledger: CostRecordingLedger, matte_request: Request
) -> None:
    runpod.fail("run", *[httpx.Response(502)] * 2)
    with pytest.raises(SendUncertain):
        await client.infer(matte_request, "k")
    assert ledger.recorded == {1: ("uncertain", estimated(15.0)), 2: ("send_uncertain", estimated(15.0))}


async def test_a_job_of_another_endpoint_costs_the_most_that_is_possible(
    new_client: ClientFactory, ledger: CostRecordingLedger, clock: Clock, matte_request: Request
) -> None:
    await new_client(policy=PATIENT).submit(matte_request, "k")
    clock.time += 20.0
    await new_client(url="https://other.test/v2/ep", policy=PATIENT).submit(matte_request, "k")
    assert ledger.recorded == {1: ("expired", estimated(20.0))}
