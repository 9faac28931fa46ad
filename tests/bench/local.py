"""A local endpoint whose workers sleep, and the cost of a run by its billing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench.bound import World

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "gpu_worker" / ".venv" / "bin" / "python"
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")}
"""As a worker has it: idle threads wait for work by burning time."""
SETTLE_S = 1.2
"""A worker that has just ended a job looks for the next one within a second."""


@dataclass
class Bench:
    """One endpoint. `url` is the base of the API; the debug API lies beside it."""

    url: str
    key: str
    world: World

    async def settled(self) -> None:
        """Wait until the endpoint is as its world says before a run: the warm workers idle, the others not there."""
        await asyncio.sleep(SETTLE_S)
        await self._get("POST", "_emulator/cool")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            health, billing = await self._get("GET", "v2/local/health"), await self._get("GET", "_emulator/billing")
            workers = health["workers"]
            spares = self.world.most - self.world.warm if self.world.cold_start else 0
            steady = (
                workers["idle"] == self.world.warm and workers["ready"] + workers["initializing"] == workers["idle"]
            )
            if steady and billing["spares_loaded"] >= spares:
                await asyncio.sleep(SETTLE_S)
                await self._get("POST", "_emulator/reset")
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the endpoint's workers are not ready")

    async def worker_seconds(self, begun: float) -> float:
        """Return what a run that began at `begun` (Unix time) has cost: see `tests.bench.bound.Outcome`."""
        billing = await self._get("GET", "_emulator/billing")
        return sum(self._paid(worker, billing["executions"], begun) for worker in billing["workers"])

    def _paid(self, worker: dict[str, Any], executions: list[dict[str, Any]], begun: float) -> float:
        now = time.time()  # the end of what was cancelled and has not stopped yet
        own = [(one["started"], one["ended"] or now) for one in executions if one["worker"] == worker["worker"]]
        if worker["asked"] < begun:
            return float(sum(ended - started for started, ended in own))
        ready = worker["asked"] + self.world.cold_start
        last = max((ended for _, ended in own), default=ready)
        return float(last - worker["asked"] + self.world.idle_timeout)

    async def _get(self, method: str, path: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(trust_env=False, timeout=20, headers=bearer) as http:
            response = await http.request(method, f"{self.url.removesuffix('v2')}{path}")
            return response.raise_for_status().json()


@contextmanager
def endpoint(world: World) -> Iterator[Bench]:
    """Run `python -m gpu_worker.local_endpoint` for this world, on a free port."""
    options = {
        "--port": 0, "--min-workers": world.warm, "--max-workers": world.most, "--scaler": world.scaler,
        "--cold-start": world.cold_start, "--idle-timeout": world.idle_timeout or 5.0,
        "--handler": "gpu_worker.emulator.fake_worker",
    }  # fmt: skip
    arguments = [str(part) for option in options.items() for part in option]
    environment = {**os.environ, "FAKE_WORKER_FRAME_MS": str(world.frame_seconds * 1000), "RUNPOD_API_KEY": ""}
    process = subprocess.Popen(
        [PYTHON, "-m", "gpu_worker.local_endpoint", *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        listening = json.loads(process.stdout.readline())
        yield Bench(listening["url"], listening["key"], world)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
