"""The workers by slot: requested, opening, ready, lost. No processes here; times are a clock's seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gpu_worker.emulator.billing import Billing
from gpu_worker.emulator.options import Options

FIRST_BACKOFF_S: Final = 0.5
STABLE_S: Final = 30.0
"""A worker that lived this long was healthy: the backoff grown by earlier deaths starts again."""


@dataclass(slots=True)
class Worker:
    """A requested worker. It is `ready` from its first request for a job after `opens`."""

    id: str
    slot: int
    asked: float
    opens: float
    ready: float | None = None


@dataclass(slots=True)
class Slot:
    """The place of one worker."""

    worker: Worker | None = None
    backoff: float = FIRST_BACKOFF_S
    """Seconds that the slot stays empty after the next death."""
    empty_until: float = 0.0
    failing: bool = False
    """Its last worker died before it was ready."""


class WorkerPool:
    """The workers in the endpoint's `max_workers` slots, and the spares that were started ahead."""

    def __init__(self, options: Options, billing: Billing, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._billing = billing
        self._clock = clock
        self._slots = [Slot() for _ in range(options.max_workers)]
        self._workers: dict[str, Worker] = {}
        self._spares: dict[str, bool] = {}
        self.throttled = options.throttled

    def start(self, worker: str, slot: int) -> None:
        """Put `worker` into an empty slot. It opens when the cold start is over."""
        now = self._clock()
        self._spares.pop(worker, None)
        self._workers[worker] = Worker(worker, slot, now, now + self._options.cold_start)
        self._slots[slot].worker = self._workers[worker]
        self._billing.worker_requested(worker, slot)

    def is_known(self, worker: str) -> bool:
        """Tell whether a worker is one of ours, and not one that an earlier endpoint started."""
        return worker in self._workers or worker in self._spares

    def request_job(self, worker: str) -> bool:
        """Tell whether `worker` may have a job. It is ready from the first time that it may."""
        if worker in self._spares:
            self._spares[worker] = True
        found = self._workers.get(worker)
        if found is None or self._clock() < found.opens:
            return False
        if found.ready is None:
            found.ready = self._clock()
            self._slots[found.slot].failing = False
            self._billing.worker_ready(worker)
        return True

    def seconds_until_open(self, worker: str) -> float:
        """Return the seconds until `worker` may have a job, 0 when it may; infinite for a spare."""
        found = self._workers.get(worker)
        return max(0.0, found.opens - self._clock()) if found else float("inf")

    def remove(self, worker: str) -> None:
        """Let `worker` go; its slot is empty and healthy."""
        self._slots[self._workers.pop(worker).slot].worker = None
        self._billing.worker_stopped(worker)

    def record_death(self, worker: str) -> float:
        """Record that the process of `worker` ended by itself; return the seconds that its slot stays empty."""
        found, now = self._workers.pop(worker), self._clock()
        slot = self._slots[found.slot]
        if now - found.asked > STABLE_S:
            slot.backoff = FIRST_BACKOFF_S
        backoff = slot.backoff
        slot.worker, slot.empty_until, slot.failing = None, now + backoff, found.ready is None
        slot.backoff = min(backoff * 2, max(FIRST_BACKOFF_S, self._options.longest_rest))
        self._billing.worker_stopped(worker)
        return backoff

    def add_spare(self, worker: str) -> None:
        """Add a worker that was started ahead: it loads, and counts for nothing until it gets a slot."""
        self._spares[worker] = False

    def remove_spare(self, worker: str) -> bool:
        """Remove a worker that has ended; return whether it was a spare."""
        return self._spares.pop(worker, None) is not None

    def spares(self) -> list[str]:
        """Return the workers started ahead, those that have loaded first."""
        return sorted(self._spares, key=lambda worker: not self._spares[worker])

    def loaded_spares(self) -> int:
        """Count the workers started ahead that have loaded."""
        return sum(self._spares.values())

    def live(self) -> list[Worker]:
        """Return all workers in slots, the oldest first."""
        return list(self._workers.values())

    def open_slots(self) -> list[int]:
        """Return the empty slots in which a worker can start now."""
        now = self._clock()
        slots = enumerate(self._slots[: max(0, len(self._slots) - self.throttled)])
        return [index for index, slot in slots if slot.worker is None and now >= slot.empty_until]

    def forget_failures(self) -> None:
        """Forget earlier deaths: an empty slot is open and healthy again."""
        for slot in self._slots:
            slot.backoff, slot.empty_until, slot.failing = FIRST_BACKOFF_S, 0.0, False

    def counts(self, busy: set[str]) -> dict[str, int]:
        """Return the worker counts of `/health`. `ready` is `idle` and `running` together.

        A slot is `unhealthy` while it rests after a death, and as long as its workers die before they are ready.
        """
        ready = {worker.id for worker in self._workers.values() if worker.ready is not None}
        now = self._clock()
        resting = [slot for slot in self._slots if slot.worker is None and (slot.failing or now < slot.empty_until)]
        failing = [slot for slot in self._slots if slot.worker is not None and slot.failing]
        return {
            "idle": len(ready - busy),
            "initializing": len(self._workers) - len(ready) - len(failing),
            "ready": len(ready),
            "running": len(ready & busy),
            "throttled": min(self.throttled, len(self._slots)),
            "unhealthy": len(resting) + len(failing),
        }
