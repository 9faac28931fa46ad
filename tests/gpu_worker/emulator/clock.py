"""A clock for tests that stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ManualClock:
    """Returns the time in seconds when called; a test adds to `now` to let time pass."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now
