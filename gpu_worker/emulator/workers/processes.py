"""The worker processes behind the local endpoint: started, watched, started again, ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.worker_api import worker_environment
from gpu_worker.process import parent_death

ROOT: Final = Path(__file__).resolve().parents[3]
TICK_S: Final = 0.1
"""How long at most until a timeout is noticed; a change of the jobs is noticed at once."""
GRACE_S: Final = 3.0
"""Between SIGTERM and SIGKILL, when the endpoint ends."""
LOOP_AFTER_S: Final = 0.2
"""How long a worker of a crash loop lives where the scenario does not say."""

log = logging.getLogger("gpu_worker.endpoint")


class WorkerProcesses:
    """Does what the endpoint wants: a process of `command` for every worker that is asked for."""

    def __init__(self, endpoint: Endpoint, base_url: str, command: Sequence[str] | None = None) -> None:
        self._endpoint = endpoint
        self._base_url = base_url
        self._command = command or (sys.executable, "-m", endpoint.options.handler)
        self._live: dict[str, Process] = {}
        self._lives: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look after the workers until the endpoint closes."""
        self._start_spares()
        while not self._endpoint.closing():
            self.look_after()
            await self._endpoint.bell.heard(TICK_S)

    def look_after(self) -> None:
        """One look: send the signals that are due, let go who is idle, start who is wanted."""
        self._endpoint.jobs.sweep()
        for strike in self._endpoint.strikes_due():
            self._signal(strike.worker, strike.number)
        for worker in self._endpoint.jobs.stops.deaf(self._endpoint.options.stop_grace):
            self._signal(worker, signal.SIGKILL)
        for worker in self._endpoint.workers_to_stop():
            log.info(json.dumps({"event": "worker idle", "worker": worker}))
            self._endpoint.roster.stopping(worker)
            # It holds no job, so there is nothing that a gentler end could save.
            self._signal(worker, signal.SIGKILL)
        for slot in self._endpoint.slots_to_start():
            self._ask(slot)

    async def stop(self) -> None:
        """End every worker: politely, then for good. The endpoint must be closing already."""
        for process in list(self._live.values()):
            _signal(process.pid, signal.SIGTERM)
        if self._lives:
            await asyncio.wait(self._lives, timeout=GRACE_S)
        for process in list(self._live.values()):
            _signal_group(process.pid)
        await asyncio.gather(*self._lives)

    def _ask(self, slot: int) -> None:
        """Fill a slot, with a worker that was started ahead where there is one."""
        worker = next(iter(self._endpoint.roster.spares()), None) or self._start()
        self._endpoint.roster.starting(worker, slot)
        self._endpoint.bell.ring()
        for fault in self._endpoint.scenario.on_start():
            after = LOOP_AFTER_S if fault.seconds is None else fault.seconds
            self._endpoint.strike(worker, signal.SIGKILL, after)

    def _start(self) -> str:
        worker = f"local-{secrets.token_hex(8)}"
        life = asyncio.create_task(self._live_and_die(worker))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        return worker

    def _start_spares(self) -> None:
        """Where a cold start is set, have the workers that may be asked for load ahead: then it is exact."""
        options, roster = self._endpoint.options, self._endpoint.roster
        if options.cold_start <= 0 or self._endpoint.closing():
            return
        most = max(0, options.max_workers - roster.throttled)
        for _ in range(most - len(roster.live()) - len(roster.spares())):
            roster.spare(self._start())

    async def _live_and_die(self, worker: str) -> None:
        """Run one worker process to its end."""
        process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment(worker), cwd=ROOT, stdin=DEVNULL, start_new_session=True
        )
        self._live[worker] = process
        code = await process.wait()
        del self._live[worker]
        # What the worker had started itself, such as the SDK's pinging process, is in its group still.
        _signal_group(process.pid)
        self._bury(worker, code)

    def _bury(self, worker: str, code: int) -> None:
        jobs, roster = self._endpoint.jobs, self._endpoint.roster
        if worker in {one.id for one in roster.live()}:
            pause = roster.lost(worker)
            if not self._endpoint.closing():
                log.warning(json.dumps({"event": "worker ended", "worker": worker, "code": code, "rest_s": pause}))
        jobs.worker_lost(worker)
        # One that failed while it waited is not replaced before it is missed: it might fail for ever.
        if not roster.spare_lost(worker):
            self._start_spares()

    def _signal(self, worker: str, number: signal.Signals) -> None:
        if process := self._live.get(worker):
            _signal(process.pid, number)

    def _environment(self, worker: str) -> Mapping[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("RUNPOD_")}
        manners = {
            "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // max(1, self._endpoint.options.max_workers))),
            # glibc gives memory back after a picture: 0.4 GB at rest instead of 1.0, at no cost in time.
            "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024),
            "PYTHONUNBUFFERED": "1",
        }
        tie = {parent_death.PARENT_VARIABLE: str(os.getpid()), "NO_PROXY": "127.0.0.1,localhost"}
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
