"""RunPod's limits of requests per operation: how many in 10 seconds, and how many at once."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 10.0
PER_WINDOW: Final = {"run": 1000, "runsync": 2000, "status": 2000, "stream": 2000, "cancel": 100, "purge-queue": 2}
AT_ONCE: Final = {"run": 200, "runsync": 400, "status": 400, "stream": 400, "cancel": 20}
QUEUE_ALWAYS: Final = 50
QUEUE_PER_WORKER: Final = 500
"""A queue longer than both of these (the second times the most workers) takes no more."""


class RateLimits:
    """Counts requests in a sliding window. An operation without a limit is always admitted."""

    def __init__(self, max_workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest_queue = max(QUEUE_ALWAYS, QUEUE_PER_WORKER * max_workers)
        self._clock = clock
        self._seen: dict[str, deque[float]] = {operation: deque() for operation in PER_WINDOW}
        self._now: Counter[str] = Counter()

    def acquire(self, operation: str, queued: Callable[[], int]) -> bool:
        """Admit a request or return False; `queued` counts the jobs in the queue. An admitted one must `release`."""
        if operation in ("run", "runsync") and queued() > self._longest_queue:
            return False
        if self._now[operation] >= AT_ONCE.get(operation, self._now[operation] + 1):
            return False
        if not self._within_window(operation):
            return False
        self._now[operation] += 1
        return True

    def release(self, operation: str) -> None:
        """Record that an admitted request is answered."""
        self._now[operation] -= 1

    def clear(self) -> None:
        """Forget the requests of the last seconds."""
        for seen in self._seen.values():
            seen.clear()

    def _within_window(self, operation: str) -> bool:
        seen, now = self._seen.get(operation), self._clock()
        if seen is None:
            return True
        while seen and seen[0] <= now - WINDOW_S:
            seen.popleft()
        if len(seen) >= PER_WINDOW[operation]:
            return False
        seen.append(now)
        return True
