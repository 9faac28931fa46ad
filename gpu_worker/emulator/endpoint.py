"""One endpoint: its jobs, its workers, and the bell that wakes whoever waits for either."""

from __future__ import annotations

import asyncio

from gpu_worker.emulator.jobs import JobTable


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


class Roster:
    """The workers by id. A worker starts, asks for a job for the first time, and some day is lost."""

    def __init__(self) -> None:
        self._ready: dict[str, bool] = {}
        self._broken: set[int] = set()

    def starting(self, worker: str, slot: int) -> None:
        """A process was started as `worker` in `slot`."""
        self._broken.discard(slot)
        self._ready[worker] = False

    def seen(self, worker: str) -> bool:
        """`worker` asked for a job. False for a stranger, say one that an earlier endpoint started."""
        if worker not in self._ready:
            return False
        self._ready[worker] = True
        return True

    def lost(self, worker: str, slot: int) -> None:
        """The process of `worker` has ended; its slot is empty until the next start."""
        self._ready.pop(worker, None)
        self._broken.add(slot)

    def counts(self, busy: set[str]) -> dict[str, int]:
        """As in `/health`. `ready` is `idle` and `running` together."""
        ready = {worker for worker, is_ready in self._ready.items() if is_ready}
        return {
            "idle": len(ready - busy),
            "initializing": len(self._ready) - len(ready),
            "ready": len(ready),
            "running": len(ready & busy),
            "throttled": 0,
            "unhealthy": len(self._broken),
        }


class Endpoint:
    """What the two faces, REST for clients and control plane for workers, share."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bell = Bell()
        self.jobs = JobTable(self.bell.ring)
        self.roster = Roster()
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
