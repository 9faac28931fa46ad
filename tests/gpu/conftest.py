from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gpu.client import GpuClient
from gpu.contract import Request
from gpu.ledger import Ledger, MemoryLedger
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy
from tests.gpu.fake_runpod import KEY, URL, FakeRunpod

SHORT_DEADLINE = CallPolicy(deadline=5.0)
"""What hangs fails soon: deadlines run on the real clock."""


MAX_READS = 100_000


@dataclass
class Clock:
    """Time that passes only when somebody sleeps. Code that reads it without ever sleeping would wait for ever."""

    time: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)
    reads: int = 0

    def now(self) -> float:
        self.reads += 1
        assert self.reads < MAX_READS, "waiting for a time that nothing brings nearer"
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.reads = 0
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runpod() -> FakeRunpod:
    return FakeRunpod()


@pytest.fixture
def ledger(clock: Clock) -> MemoryLedger:
    return MemoryLedger(now=clock.now)


@pytest.fixture
def other_ledger(clock: Clock, ledger: MemoryLedger) -> MemoryLedger:
    """Return a ledger that shows the same rows to another job of the same scope."""
    return MemoryLedger(now=clock.now, rows=ledger.rows)


@pytest.fixture
def matte_request() -> Request:
    return Request("rembg", (b"a picture",), {"model": "isnet"})


ClientFactory = Callable[..., GpuClient]


@pytest.fixture
def new_client(runpod: FakeRunpod, ledger: MemoryLedger, clock: Clock) -> ClientFactory:
    """Make clients as processes have them: a second one on the same ledger is the next run of a job."""

    def make(
        other_ledger: Ledger | None = None,
        policy: CallPolicy | None = None,
        url: str = f"{URL}/ep",
        other_clock: Clock | None = None,
        **options: Any,
    ) -> GpuClient:
        time = other_clock or clock
        endpoint = Endpoint(url, KEY, policy or SHORT_DEADLINE, time, httpx.MockTransport(runpod.handle))
        return GpuClient(endpoint, other_ledger or ledger, clock=time, **options)

    return make


@pytest.fixture
def client(new_client: ClientFactory) -> GpuClient:
    return new_client()
