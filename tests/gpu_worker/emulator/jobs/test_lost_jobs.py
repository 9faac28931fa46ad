"""The client on an endpoint that forgets jobs: what runs, what is sent again, what the ledger records."""

from __future__ import annotations

import pytest

from gpu.client import GpuClient
from gpu.contract import Request
from gpu.errors import GpuError, JobLost
from gpu.ledger import CallRecord, MemoryLedger, Timings
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy
from tests.gpu_worker.emulator.harness import FRAME_MS, call_debug_api, set_faults, square_png
from tests.gpu_worker.endpoint_process import LocalEndpoint

pytestmark = pytest.mark.stack

FRAMES = 20
WAIT = 3.0
REQUEST = Request("rembg", tuple(square_png(10 + index) for index in range(FRAMES)))


class RecordingLedger(MemoryLedger):
    """A ledger that records the timings of failed calls."""

    def __init__(self) -> None:
        super().__init__()
        self.failed_timings: list[Timings] = []

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        self.failed_timings.append(timings)
        return await super().mark_failed(record, error, timings)


def client(endpoint: LocalEndpoint, ledger: MemoryLedger) -> GpuClient:
    base_url, _, name = str(endpoint.client.base_url).rstrip("/").rpartition("/")
    return GpuClient(Endpoint(f"{base_url}/{name}", endpoint.key, CallPolicy(unknown_wait=WAIT)), ledger)


def executed(endpoint: LocalEndpoint) -> int:
    return len(call_debug_api(endpoint, "GET", "billing")["executions"])


async def test_an_endpoint_that_does_not_know_a_job_for_a_moment_runs_it_once(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "not_found", "operation": "status", "times": 4})
    async with client(fake_endpoint, ledger := RecordingLedger()) as asking:
        result = await asking.infer(REQUEST, "k")
    assert len(result.frames) == FRAMES
    assert (executed(fake_endpoint), ledger.failed_timings) == (1, [])


async def test_a_job_that_is_forgotten_while_it_runs_is_recorded_and_run_again(
    fake_endpoint: LocalEndpoint,
) -> None:
    set_faults(fake_endpoint, {"fault": "forgotten"})
    async with client(fake_endpoint, ledger := RecordingLedger()) as asking:
        result = await asking.infer(REQUEST, "k")
    assert all(isinstance(frame, bytes) for frame in result.frames)
    assert executed(fake_endpoint) == 2
    ((booked),) = ledger.failed_timings
    assert booked.estimated
    assert FRAMES * FRAME_MS <= (booked.execution_ms or 0) <= 1000 * (WAIT + 5)
    assert [row.status for row in ledger.rows] == ["failed", "succeeded"]


async def test_an_endpoint_that_forgets_each_job_runs_it_twice_and_is_given_up(fake_endpoint: LocalEndpoint) -> None:
    set_faults(fake_endpoint, {"fault": "forgotten", "times": None})
    async with client(fake_endpoint, ledger := RecordingLedger()) as asking:
        with pytest.raises(JobLost):
            await asking.infer(REQUEST, "k")
    assert executed(fake_endpoint) == len(ledger.failed_timings) == 2
    assert all(booked.execution_ms for booked in ledger.failed_timings)
