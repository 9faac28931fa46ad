"""Which workers are to stop which job, told again until they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

STOP_AGAIN_S: Final = 1.0
"""How soon a stop is told again. The SDK drops one that arrives before it has started the job."""


@dataclass(slots=True)
class _Stop:
    since: float
    due: float


class Stops:
    """The stops that workers have not obeyed yet. Times are `clock`'s, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._stops: dict[str, dict[str, _Stop]] = {}
        self._clock = clock

    def add(self, worker: str, job_id: str) -> None:
        """`worker` shall stop `job_id`."""
        now = self._clock()
        self._stops.setdefault(worker, {}).setdefault(job_id, _Stop(now, now))

    def due(self, worker: str) -> list[str]:
        """Ids that `worker` should be told now; each comes again every second until it is free."""
        now = self._clock()
        stops = {job_id: stop for job_id, stop in self._stops.get(worker, {}).items() if stop.due <= now}
        for stop in stops.values():
            stop.due = now + STOP_AGAIN_S
        return list(stops)

    def forget(self, worker: str) -> None:
        """`worker` runs nothing any more."""
        self._stops.pop(worker, None)

    def deaf(self, seconds: float) -> list[str]:
        """Workers that have not obeyed for `seconds`."""
        limit = self._clock() - seconds
        return [worker for worker, stops in self._stops.items() if any(s.since <= limit for s in stops.values())]
