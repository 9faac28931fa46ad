"""One endpoint: its jobs, its workers, its faults, and the notifier that wakes whoever waits for any of them."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu_worker.emulator.billing import Billing
from gpu_worker.emulator.jobs.job import Job
from gpu_worker.emulator.jobs.table import JobTable
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.rate_limits import RateLimits
from gpu_worker.emulator.scenario import Scenario
from gpu_worker.emulator.worker_pool import Worker, WorkerPool


class Notifier:
    """Wakes all waiting tasks. Each checks for itself whether what it waits for is there."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Wake all tasks that wait now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Wait for the next notification; return False when none came in time."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PendingSignal:
    """A signal to a worker's process, due at a time of the endpoint's clock."""

    worker: str
    number: signal.Signals
    due_at: float


class Endpoint:
    """The state that the three APIs share: for clients, for workers and for tests."""

    def __init__(
        self, name: str, options: Options | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.options = options or Options()
        self.clock = clock
        self.notifier = Notifier()
        self.scenario = Scenario()
        self.rate_limits = RateLimits(self.options.max_workers, clock)
        self.billing = Billing(self.options.price, clock)
        self.ended_jobs: asyncio.Queue[Job] = asyncio.Queue()
        """Jobs that have ended and have a webhook to call."""
        self.jobs = JobTable(self.notifier.notify, clock, on_end=self.queue_webhook, billing=self.billing)
        self.workers = WorkerPool(self.options, self.billing, clock)
        self._signals: list[PendingSignal] = []
        self._cooling = False
        self._closing = False

    def closing(self) -> bool:
        """Tell whether everything is to end."""
        return self._closing

    def close(self) -> None:
        """Release every waiting request, so that workers can end."""
        self._closing = True
        self.notifier.notify()

    def health(self) -> dict[str, dict[str, int]]:
        """Return the answer to `/health`."""
        return {"jobs": self.jobs.counts(), "workers": self.workers.counts(self.jobs.busy_workers())}

    def schedule_signal(self, worker: str, number: signal.Signals, after: float) -> None:
        """Send the process of `worker` a signal in `after` seconds."""
        self._signals.append(PendingSignal(worker, number, self.clock() + after))
        self.notifier.notify()

    def due_signals(self) -> list[PendingSignal]:
        """Return the signals whose time has come, each once."""
        now = self.clock()
        due = [pending for pending in self._signals if pending.due_at <= now]
        self._signals = [pending for pending in self._signals if pending.due_at > now]
        return due

    def queue_webhook(self, job: Job) -> None:
        """Queue the webhook of a job that has ended, if it has one."""
        if job.webhook:
            self.ended_jobs.put_nowait(job)

    def slots_to_start(self) -> list[int]:
        """Return the empty slots to start a worker in now, by the scaler, the minimum and the maximum."""
        return self.workers.open_slots()[: max(0, self._target_workers() - len(self.workers.live()))]

    def workers_to_stop(self) -> list[str]:
        """Return the workers over their idle timeout that are not needed, the longest idle first."""
        demand, now = self.jobs.demand(), self.clock()
        busy = self.jobs.busy_workers()
        idle = [one for one in self.workers.live() if one.ready is not None and one.id not in busy]
        timeout, self._cooling = 0.0 if self._cooling else self.options.idle_timeout, False
        over = [one for one in idle if now - self._idle_since(one) >= timeout]
        # A waiting job is about to be taken by an idle worker: the SDK looks once a second.
        most = 0 if demand.waits else len(self.workers.live()) - self._target_workers()
        return [one.id for one in sorted(over, key=self._idle_since)[: max(0, most)]]

    def cool_down(self) -> None:
        """Stop idle workers over the minimum at the next look, as if their idle timeout had passed."""
        self._cooling = True
        self.notifier.notify()

    def reset(self) -> None:
        """Forget all jobs, faults, request counts, deaths and billing. Live workers stay."""
        self.scenario.replace({})
        self._signals.clear()
        self.rate_limits.clear()
        self.jobs.clear()
        self.workers.forget_failures()
        self.billing.reset()

    def report(self) -> dict[str, Any]:
        """Return the billing report, and how many workers that were started ahead have loaded."""
        return self.billing.report() | {"spares_loaded": self.workers.loaded_spares()}

    def _target_workers(self) -> int:
        wanted = self.options.scaler.wanted(self.jobs.demand())
        return min(max(wanted, self.options.min_workers), self.options.max_workers)

    def _idle_since(self, worker: Worker) -> float:
        return max(worker.ready or worker.asked, self.jobs.freed_at(worker.id) or 0.0)
