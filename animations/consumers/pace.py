"""The pace at which one socket reads the rows: a few times at once, then as often as its client may be updated."""

from __future__ import annotations

import time


class Pace:
    """Bound how often a socket reads: in the long run ten times a second, and once a second at a client's request.

    A few reads may follow each other at once, so that who has waited sees the change.
    """

    update_seconds = 0.1
    """Between two reads, on average."""
    snapshot_seconds = 1.0
    """After a snapshot that the client has asked for."""
    burst = 3
    """Reads that may follow another without a pause, after a quiet while."""

    _until = 0.0

    def pause_after(self, *, snapshot: bool) -> float:
        """Count a read, and return the seconds until the next: none after a few updates, then what keeps the pace."""
        if snapshot:
            return self.snapshot_seconds
        now = time.monotonic()
        self._until = max(self._until, now) + self.update_seconds
        return max(0.0, self._until - now - self.burst * self.update_seconds)
