"""The worker processes behind the local endpoint: start, watch, restart and end them."""

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

from gpu_worker.emulator.billing import worker_name
from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.worker_api import worker_environment
from gpu_worker.process import parent_death

ROOT: Final = Path(__file__).resolve().parents[2]
TICK_S: Final = 0.1
"""The longest delay until a timeout is noticed; a change of the jobs is noticed at once."""
GRACE_S: Final = 3.0
"""Between SIGTERM and SIGKILL, when the endpoint ends."""
CRASH_LOOP_AFTER_S: Final = 0.2
"""The life of a worker in a crash loop, unless the scenario sets another."""

log = logging.getLogger("gpu_worker.endpoint")


class WorkerProcesses:
    """Runs a process of `command` for every worker that the endpoint wants."""

    def __init__(self, endpoint: Endpoint, base_url: str, command: Sequence[str] | None = None) -> None:
        self._endpoint = endpoint
        self._base_url = base_url
        self._command = command or (sys.executable, "-m", endpoint.options.handler)
        self._processes: dict[str, Process] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Manage the workers until the endpoint closes."""
        self._start_spares()
        while not self._endpoint.closing():
            self.run_once()
            await self._endpoint.notifier.wait(TICK_S)

    def run_once(self) -> None:
        """Send the signals that are due, stop idle workers, start wanted ones."""
        self._endpoint.jobs.sweep()
        for pending in self._endpoint.due_signals():
            self._signal(pending.worker, pending.number)
        for worker in self._endpoint.jobs.cancellations.overdue(self._endpoint.options.stop_grace):
            self._signal(worker, signal.SIGKILL)
        for worker in self._endpoint.workers_to_stop():
            log.info(json.dumps({"event": "worker idle", "worker": worker_name(worker)}))
            self._endpoint.workers.remove(worker)
            # It holds no job, so there is nothing that a gentler end could save.
            self._signal(worker, signal.SIGKILL)
        for slot in self._endpoint.slots_to_start():
            self._fill_slot(slot)

    async def stop(self) -> None:
        """End every worker: by SIGTERM, then by SIGKILL. The endpoint must be closing already."""
        for process in list(self._processes.values()):
            _signal(process.pid, signal.SIGTERM)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        for process in list(self._processes.values()):
            _signal_group(process.pid)
        await asyncio.gather(*self._tasks)

    def _fill_slot(self, slot: int) -> None:
        """Fill a slot, with a worker that was started ahead where there is one."""
        worker = next(iter(self._endpoint.workers.spares()), None) or self._start_worker()
        self._endpoint.workers.start(worker, slot)
        self._endpoint.notifier.notify()
        for fault in self._endpoint.scenario.on_start():
            after = CRASH_LOOP_AFTER_S if fault.seconds is None else fault.seconds
            self._endpoint.schedule_signal(worker, signal.SIGKILL, after)

    def _start_worker(self) -> str:
        worker = f"local-{secrets.token_hex(8)}"
        task = asyncio.create_task(self._run_process(worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return worker

    def _start_spares(self) -> None:
        """Start the workers of a set cold start ahead, so that it takes exactly as long as it is set to."""
        options, pool = self._endpoint.options, self._endpoint.workers
        if options.cold_start <= 0 or self._endpoint.closing():
            return
        most = max(0, options.max_workers - pool.throttled)
        for _ in range(most - len(pool.live()) - len(pool.spares())):
            pool.add_spare(self._start_worker())

    async def _run_process(self, worker: str) -> None:
        """Run one worker process to its end."""
        process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment(worker), cwd=ROOT, stdin=DEVNULL, process_group=0
        )
        self._processes[worker] = process
        code = await process.wait()
        del self._processes[worker]
        # What the worker had started itself, such as the SDK's pinging process, is in its group still.
        _signal_group(process.pid)
        self._handle_exit(worker, code)

    def _handle_exit(self, worker: str, code: int) -> None:
        jobs, pool = self._endpoint.jobs, self._endpoint.workers
        if worker in {one.id for one in pool.live()}:
            pause = pool.record_death(worker)
            if not self._endpoint.closing():
                ended = {"event": "worker ended", "worker": worker_name(worker), "code": code, "rest_s": pause}
                log.warning(json.dumps(ended))
        jobs.worker_lost(worker)
        # One that failed while it waited is not replaced before it is missed: it might fail for ever.
        if not pool.remove_spare(worker):
            self._start_spares()

    def _signal(self, worker: str, number: signal.Signals) -> None:
        if process := self._processes.get(worker):
            _signal(process.pid, number)

    def _environment(self, worker: str) -> Mapping[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("RUNPOD_")}
        defaults = {
            "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // max(1, self._endpoint.options.max_workers))),
            # glibc gives memory back after an image: 0.4 GB at rest instead of 1.0, at no cost in time.
            "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024),
            "PYTHONUNBUFFERED": "1",
        }
        parent = {parent_death.PARENT_VARIABLE: str(os.getpid()), "NO_PROXY": "127.0.0.1,localhost"}
        return defaults | own | parent | worker_environment(self._base_url, self._endpoint.name, worker)


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
