"""The worker processes behind the local endpoint: started, watched, started again, ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from gpu_worker import lifeline
from gpu_worker.emulator.control import worker_environment
from gpu_worker.emulator.endpoint import Endpoint

COMMAND: Final = (sys.executable, "-m", "gpu_worker.handler")
ROOT: Final = Path(__file__).resolve().parents[2]
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
STEADY_S: Final = 30.0
"""A worker that lived this long was sound: its successor starts without a pause grown by earlier deaths."""
GRACE_S: Final = 3.0
"""Between SIGTERM and SIGKILL."""

log = logging.getLogger("gpu_worker.endpoint")


class WorkerProcesses:
    """`count` slots, each with a worker process of `command` in it."""

    def __init__(self, endpoint: Endpoint, base_url: str, count: int, command: Sequence[str] = COMMAND) -> None:
        self._endpoint = endpoint
        self._base_url = base_url
        self._count = count
        self._command = command
        self._live: dict[int, Process] = {}
        self._slots: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Fill every slot, from inside a running loop."""
        self._slots = [asyncio.create_task(self._keep(slot)) for slot in range(self._count)]

    async def stop(self) -> None:
        """End every worker: politely, then for good. The endpoint must be closing already."""
        for process in list(self._live.values()):
            _signal(process.pid, signal.SIGTERM)
        if self._slots:
            await asyncio.wait(self._slots, timeout=GRACE_S)
        for process in list(self._live.values()):
            _signal_group(process.pid)
        await asyncio.gather(*self._slots)

    async def _keep(self, slot: int) -> None:
        """Keep one slot filled until the endpoint closes."""
        pause = FIRST_PAUSE_S
        while not self._endpoint.closing():
            worker = f"local-{slot}-{secrets.token_hex(8)}"
            started = time.monotonic()
            code = await self._live_and_die(slot, worker)
            if self._endpoint.closing():
                return
            if time.monotonic() - started > STEADY_S:
                pause = FIRST_PAUSE_S
            log.warning(json.dumps({"event": "worker ended", "slot": slot, "code": code, "again_in_s": pause}))
            await self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _live_and_die(self, slot: int, worker: str) -> int:
        """Run one worker process to its end; its exit code."""
        self._endpoint.roster.starting(worker, slot)
        process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment(worker), cwd=ROOT, stdin=DEVNULL, start_new_session=True
        )
        self._live[slot] = process
        code = await process.wait()
        del self._live[slot]
        # What the worker had started itself, such as the SDK's pinging process, is in its group still.
        _signal_group(process.pid)
        self._endpoint.roster.lost(worker, slot)
        self._endpoint.jobs.worker_lost(worker)
        return code

    async def _rest(self, pause: float) -> None:
        """Wait out a back-off, less when the endpoint closes."""
        until = time.monotonic() + pause
        while not self._endpoint.closing() and (left := until - time.monotonic()) > 0:
            await self._endpoint.bell.heard(left)

    def _environment(self, worker: str) -> Mapping[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("RUNPOD_")}
        manners = {
            "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // self._count)),
            # glibc gives memory back after a picture: 0.4 GB at rest instead of 1.0, at no cost in time.
            "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024),
            "PYTHONUNBUFFERED": "1",
        }
        tie = {lifeline.PARENT: str(os.getpid()), "NO_PROXY": "127.0.0.1,localhost"}
        return manners | own | tie | worker_environment(self._base_url, self._endpoint.name, worker)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _signal_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
