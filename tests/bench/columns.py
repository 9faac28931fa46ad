"""Ways to have n frames done by an endpoint: one after another, all at once, the SDK's client, and ours."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PIL import Image

from gpu.batch.delivery import Delivery
from gpu.batch.execution_time import COLD_START, Timing, learn, prior
from gpu.batch.fleet import Fleet, Scaler, read_fleet
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.batch.packs import FrameTask, Summary
from gpu.client import GpuClient
from gpu.contract import FrameError
from gpu.ledger import MemoryLedger, work_key
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy
from tests.bench.bound import World
from tests.bench.local import PYTHON, ROOT, Bench

JOB = FrameTask("rembg", {})
SDK_SCRIPT = Path(__file__).with_name("sdk_client.py")


def pictures(count: int) -> list[bytes]:
    """Draw small PNGs, no two alike."""

    def png(index: int) -> bytes:
        target = io.BytesIO()
        Image.new("RGB", (8, 8), (index, 255 - index, 128)).save(target, "PNG")
        return target.getvalue()

    return [png(index) for index in range(count)]


def new_client(bench: Bench, ledger: MemoryLedger) -> GpuClient:
    return GpuClient(Endpoint(f"{bench.url}/local", bench.key, CallPolicy(concurrency=100)), ledger)


async def one_after_another(bench: Bench) -> float:
    """Measure the seconds when each frame is a call that waits for the one before."""
    async with new_client(bench, MemoryLedger()) as client:
        begun = time.monotonic()
        for picture in pictures(bench.world.frames):
            await client.infer(JOB.request([picture]), work_key(JOB.request([picture]), "bench"))
        return time.monotonic() - begun


async def all_at_once(bench: Bench) -> float:
    """Measure the seconds when each frame is a call, and all are sent with `asyncio.gather`."""
    async with new_client(bench, MemoryLedger()) as client:
        begun = time.monotonic()
        requests = [JOB.request([picture]) for picture in pictures(bench.world.frames)]
        await asyncio.gather(*(client.infer(request, work_key(request, "bench")) for request in requests))
        return time.monotonic() - begun


async def sdk(bench: Bench) -> float:
    """Measure the SDK's own `AsyncioEndpoint` with a call for each frame, in the worker's environment."""
    environment = {
        **os.environ,
        "RUNPOD_ENDPOINT_BASE_URL": bench.url,
        "RUNPOD_API_KEY": bench.key,
        "NO_PROXY": "127.0.0.1",
    }
    process = await asyncio.create_subprocess_exec(
        PYTHON, SDK_SCRIPT, str(bench.world.frames), cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    answer, _ = await process.communicate()
    return float(answer.decode().split()[-1])


@dataclass
class OurDelivery:
    """Our way, which learns from run to run as the app does."""

    world: World
    timing: Timing = field(default_factory=lambda: prior("rembg"))
    cold: Timing = field(default_factory=lambda: prior(COLD_START))

    async def run(self, bench: Bench) -> tuple[float, Summary]:
        """Measure the seconds from the start of the delivery until its last frame has come."""
        frames = [
            JOB.frame_work(index, picture, "bench") for index, picture in enumerate(pictures(self.world.frames))
        ]
        landed: dict[int, bytes | FrameError] = {}

        async def keep(index: int, found: bytes | FrameError) -> None:
            landed[index] = found

        async with new_client(bench, MemoryLedger()) as client:
            delivery = Delivery(
                client, JOB, PendingFrames(frames, keep), Forecast(self.timing), partial(self._read_fleet, client)
            )
            begun = time.monotonic()
            summary = await delivery.run()
            taken = time.monotonic() - begun
        assert sorted(landed) == list(range(self.world.frames))
        assert all(isinstance(found, bytes) for found in landed.values())
        self._learn(summary)
        return taken, summary

    async def _read_fleet(self, client: GpuClient) -> Fleet:
        health = await client.health()
        return read_fleet(
            health.workers, health.jobs, max_workers=self.world.most, scaler=Scaler.parse(self.world.scaler),
            cold_start=self.cold.seconds(0), job_seconds=self.timing.seconds(1),
            idle_timeout=self.world.idle_timeout,
        )  # fmt: skip

    def _learn(self, summary: Summary) -> None:
        for sample in summary.samples:
            self.timing = learn(self.timing, sample, time.time())
        for sample in summary.cold_starts:
            self.cold = learn(self.cold, sample, time.time())
