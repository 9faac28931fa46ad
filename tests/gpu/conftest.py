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

PATIENCE = CallPolicy(deadline=5.0)
"""What hangs fails soon: deadlines run on the real clock."""


MOST_LOOKS = 100_000


@dataclass
class Clock:
    """Time that passes only when somebody sleeps. Who looks again and again and never sleeps would wait for ever."""

    time: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)
    looks: int = 0

    def now(self) -> float:
        self.looks += 1
        assert self.looks < MOST_LOOKS, "waiting for a time that nothing brings nearer"
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.looks = 0
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
def request_() -> Request:
    return Request("rembg", (b"a picture",), {"model": "isnet"})


ClientFactory = Callable[..., GpuClient]


@pytest.fixture
def new_client(runpod: FakeRunpod, ledger: MemoryLedger, clock: Clock) -> ClientFactory:
    """A client as a process has it: a second one on the same ledger is the next run of a job."""

    def make(
        ledger_: Ledger | None = None,
        policy: CallPolicy | None = None,
        url: str = f"{URL}/ep",
        clock_: Clock | None = None,
        **options: Any,
    ) -> GpuClient:
        time = clock_ or clock
        endpoint = Endpoint(url, KEY, policy or PATIENCE, time, httpx.MockTransport(runpod.handle))
        return GpuClient(endpoint, ledger_ or ledger, clock=time, **options)

    return make


@pytest.fixture
def client(new_client: ClientFactory) -> GpuClient:
    return new_client()
