"""The jobs that workers are to stop, repeated to each worker until it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

REPEAT_EVERY_S: Final = 1.0
"""The SDK drops a cancellation that arrives before it has started the job."""


@dataclass(slots=True)
class _Cancellation:
    since: float
    due: float


class Cancellations:
    """The cancellations that workers have not obeyed yet. Times are `clock`'s, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._by_worker: dict[str, dict[str, _Cancellation]] = {}
        self._clock = clock

    def add(self, worker: str, job_id: str) -> None:
        """Have `worker` stop `job_id`."""
        now = self._clock()
        self._by_worker.setdefault(worker, {}).setdefault(job_id, _Cancellation(now, now))

    def due(self, worker: str) -> list[str]:
        """Return the job ids to send to `worker` now; each is due again every second until the worker is free."""
        now = self._clock()
        pending = self._by_worker.get(worker, {})
        due = {job_id: each for job_id, each in pending.items() if each.due <= now}
        for each in due.values():
            each.due = now + REPEAT_EVERY_S
        return list(due)

    def forget(self, worker: str) -> None:
        """Drop the cancellations of `worker`, which runs nothing any more."""
        self._by_worker.pop(worker, None)

    def overdue(self, seconds: float) -> list[str]:
        """Return the workers that have not obeyed for `seconds`."""
        limit = self._clock() - seconds
        return [
            worker
            for worker, pending in self._by_worker.items()
            if any(each.since <= limit for each in pending.values())
        ]
