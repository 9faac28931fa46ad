"""An endpoint's use: the paid seconds of its workers, and every execution of a job."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

MAX_RECORDS: Final = 20_000
"""Executions, and ended workers, that a report lists; older ones are forgotten."""


@dataclass(slots=True)
class WorkerTime:
    """One worker's paid time, from when it was requested until it was stopped or died."""

    worker: str
    slot: int
    asked: float
    ready: float | None = None
    stopped: float | None = None

    def seconds(self, now: float) -> float:
        return (now if self.stopped is None else self.stopped) - self.asked


@dataclass(slots=True)
class Execution:
    """One job handed to one worker. A job that runs twice has two."""

    job: str
    sha256: str
    worker: str
    started: float
    ended: float | None
    frames: int
    pieces: Sequence[str]
    """The digest of each image with its task."""


class Billing:
    """Counts what is paid for. `clock` is monotonic, in seconds; reports are in Unix time, as other logs are."""

    def __init__(self, price: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._price = price
        self._clock = clock
        self._epoch = time.time() - clock()
        self._workers: dict[str, WorkerTime] = {}
        self._ended_seconds = 0.0
        self._ended_workers: deque[WorkerTime] = deque(maxlen=MAX_RECORDS)
        self._executions: deque[Execution] = deque(maxlen=MAX_RECORDS)
        self._running: dict[tuple[str, str], Execution] = {}

    def worker_requested(self, worker: str, slot: int) -> None:
        """Pay for `worker` from now on."""
        self._workers[worker] = WorkerTime(worker, slot, self._clock())

    def worker_ready(self, worker: str) -> None:
        """Record that `worker` asked for its first job."""
        self._workers[worker].ready = self._clock()

    def worker_stopped(self, worker: str) -> None:
        """Stop paying for `worker`."""
        if gone := self._workers.pop(worker, None):
            gone.stopped = self._clock()
            self._ended_seconds += gone.seconds(gone.stopped)
            self._ended_workers.append(gone)

    def execution_started(self, job_id: str, sha256: str, pieces: Sequence[str], worker: str) -> None:
        """Record that `worker` was handed a job of these pieces; `sha256` is of its input."""
        execution = Execution(job_id, sha256, worker, self._clock(), None, len(pieces), pieces)
        self._executions.append(execution)
        self._running[job_id, worker] = execution

    def execution_ended(self, job_id: str, worker: str) -> None:
        """Record that `worker` let go of the job: done, stopped or dead."""
        if execution := self._running.pop((job_id, worker), None):
            execution.ended = self._clock()

    def report(self) -> dict[str, Any]:
        """Return `worker_seconds`, `cost`, `price`, and each worker and execution; times are Unix seconds."""
        now = self._clock()
        seconds = self._ended_seconds + sum(live.seconds(now) for live in self._workers.values())
        workers = [
            self._with_unix_times(one, "asked", "ready", "stopped") | {"seconds": one.seconds(now)}
            for one in (*self._ended_workers, *self._workers.values())
        ]
        return {
            "worker_seconds": seconds,
            "cost": seconds * self._price,
            "price": self._price,
            "workers": workers,
            "executions": [self._with_unix_times(one, "started", "ended") for one in self._executions],
        }

    def reset(self) -> None:
        """Forget what has been, and pay for the live workers from now on."""
        self._ended_seconds = 0.0
        self._ended_workers.clear()
        self._executions.clear()
        for live in self._workers.values():
            live.asked = self._clock()

    def _with_unix_times(self, shown: WorkerTime | Execution, *times: str) -> dict[str, Any]:
        fields = asdict(shown) | {"worker": worker_name(shown.worker)}
        return fields | {name: fields[name] and fields[name] + self._epoch for name in times}


def worker_name(worker: str) -> str:
    """Return the name of a worker in a report. Its id is the worker's own secret: who has it can hand in results."""
    return hashlib.sha256(worker.encode()).hexdigest()[:16]
