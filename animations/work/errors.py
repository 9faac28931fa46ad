"""Errors that a run may tell the person who asked for it."""

from __future__ import annotations

from datetime import datetime


class WorkFailed(Exception):
    """The job cannot be done; the message is for its owner and says what to do next."""


class GpuUnavailable(Exception):
    """The GPU cannot be had; the job may wait for it, and be tried again in `seconds`.

    `worked_at`: the last time at which the endpoint was seen to work, where that is known.
    """

    def __init__(self, seconds: float, worked_at: datetime | None = None) -> None:
        super().__init__(f"tried again in {seconds:.0f} s")
        self.seconds = seconds
        self.worked_at = worked_at


class WaitsForMatte(Exception):
    """Another job of the set makes the matte that this one needs."""


class NoSubject(WorkFailed):
    """An engine found nothing to keep in the picture; another one may."""
