"""One endpoint: its jobs, its workers, its faults, and the bell that wakes whoever waits for any of them."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu_worker.emulator.billing import Meter
from gpu_worker.emulator.http.rate_limits import Rates
from gpu_worker.emulator.job import Job
from gpu_worker.emulator.jobs import JobTable
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.scenario import Scenario
from gpu_worker.emulator.workers.pool import Roster, Worker


class Bell:
    """Wakes all who wait. What they wait for they look up themselves."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def heard(self, seconds: float) -> bool:
        """Wait for the next ring; False when none came in time."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Strike:
    """A signal that a worker's process is to get at a time of the endpoint's clock."""

    worker: str
    number: signal.Signals
    at: float


class Endpoint:
    """What the faces share: REST for clients, control plane for workers, instruments for tests."""

    def __init__(
        self, name: str, options: Options | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.options = options or Options()
        self.clock = clock
        self.bell = Bell()
        self.scenario = Scenario()
        self.rates = Rates(self.options.max_workers, clock)
        self.meter = Meter(self.options.price, clock)
        self.ended: asyncio.Queue[Job] = asyncio.Queue()
        """Jobs with an answer that their webhook is to hear of."""
        self.jobs = JobTable(self.bell.ring, clock, on_end=self.tell_webhook, meter=self.meter)
        self.roster = Roster(self.options, self.meter, clock)
        self._strikes: list[Strike] = []
        self._cooling = False
        self._closing = False

    def closing(self) -> bool:
        """Whether everything is to end."""
        return self._closing

    def close(self) -> None:
        """Let every waiting request go, so that workers can end."""
        self._closing = True
        self.bell.ring()

    def health(self) -> dict[str, dict[str, int]]:
        """The answer to `/health`."""
        return {"jobs": self.jobs.counts(), "workers": self.roster.counts(self.jobs.busy_workers())}

    def strike(self, worker: str, number: signal.Signals, after: float) -> None:
        """Have the process of `worker` sent a signal in `after` seconds."""
        self._strikes.append(Strike(worker, number, self.clock() + after))
        self.bell.ring()

    def strikes_due(self) -> list[Strike]:
        """The signals whose time has come; each is told once."""
        now = self.clock()
        due = [strike for strike in self._strikes if strike.at <= now]
        self._strikes = [strike for strike in self._strikes if strike.at > now]
        return due

    def tell_webhook(self, job: Job) -> None:
        """Have the webhook of a job that has ended called, if it has one."""
        if job.webhook:
            self.ended.put_nowait(job)

    def slots_to_start(self) -> list[int]:
        """Empty slots in which a worker is to be started now, by the scaler, the least and the most."""
        return self.roster.open_slots()[: max(0, self._wanted() - len(self.roster.live()))]

    def workers_to_stop(self) -> list[str]:
        """Workers that have been idle for the idle timeout and are not wanted, the longest idle first."""
        demand, now = self.jobs.demand(), self.clock()
        busy = self.jobs.busy_workers()
        idle = [one for one in self.roster.live() if one.ready is not None and one.id not in busy]
        timeout, self._cooling = 0.0 if self._cooling else self.options.idle_timeout, False
        over = [one for one in idle if now - self._idle_since(one) >= timeout]
        # A waiting job is about to be taken by an idle worker: the SDK looks once a second.
        most = 0 if demand.waits else len(self.roster.live()) - self._wanted()
        return [one.id for one in sorted(over, key=self._idle_since)[: max(0, most)]]

    def cool(self) -> None:
        """Let go of what is idle and over the least at the next look, as if the idle timeout had passed."""
        self._cooling = True
        self.bell.ring()

    def reset(self) -> None:
        """Forget all jobs, faults, rates, deaths and what the meter has counted. Live workers stay as they are."""
        self.scenario.replace({})
        self._strikes.clear()
        self.rates.clear()
        self.jobs.clear()
        self.roster.mend()
        self.meter.reset()

    def report(self) -> dict[str, Any]:
        """The meter's report, and how many workers that were started ahead have loaded."""
        return self.meter.report() | {"spares_loaded": self.roster.spares_loaded()}

    def _wanted(self) -> int:
        wanted = self.options.scaler.wanted(self.jobs.demand())
        return min(max(wanted, self.options.min_workers), self.options.max_workers)

    def _idle_since(self, worker: Worker) -> float:
        return max(worker.ready or worker.asked, self.jobs.freed_at(worker.id) or 0.0)
