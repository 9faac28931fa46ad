"""One call of a delivery while it is out, and whether an error leaves any hope for its frames."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from gpu.call.remote_job import RemoteJob
from gpu.contract import Request
from gpu.errors import (
    CallNotAllowed,
    DeadlineExceeded,
    GpuError,
    JobCancelled,
    JobExpired,
    JobFailed,
    JobLost,
    JobTimedOut,
)
from gpu.ledger import CallRecord

REQUEST_ERROR_CODES: Final = frozenset({"bad_task", "bad_params", "model_unavailable"})
"""A worker's word on the request itself: it would say the same of every part of it."""
FINAL_ERRORS: Final = (JobCancelled, CallNotAllowed, JobLost)
"""Somebody did not want it, there is no leave for it (a call goes out whole or not at all, and is not cut down to
what would just be allowed), or it was lost twice."""
TIMEOUT_ERRORS: Final = (JobTimedOut, DeadlineExceeded)
"""It has had its time. One frame would take as long again; a pack was too large for a worker that has become slow."""
STALE_CALL_ERRORS: Final = (JobExpired, JobCancelled)
"""Of a call that another run has sent, this says nothing of the work itself: it is sent anew, once."""


@dataclass(eq=False, slots=True)
class InFlightCall:
    """One call that is out. On the run's clock, `due` is when it should end and `hedge_at` when it counts as late.

    `gates` open when it may be sent, and `sent` when it has been. `scale_up_at`: seconds until the scaler should ask
    for the worker that the call waits for, where it waits for a cold one. `resumed`: sent by another run, an earlier
    one of this job or one of a job with equal work; `record` is its call where its job is known. `job` is the remote
    one, once it is known; `known_at_idle` is when it was last known to go on before a worker was seen idle.
    """

    keys: tuple[str, ...]
    key: str
    request: Request
    due: float
    hedge_at: float | None
    gates: tuple[asyncio.Event, ...] = ()
    scale_up_at: float | None = None
    resumed: bool = False
    known_at_idle: float | None = None
    record: CallRecord | None = None
    job: RemoteJob | None = None
    sent: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def complete(self) -> bool:
        """Whether all its pictures are at hand (see `gpu.batch.packs.can_resume`)."""
        return all(self.request.images)

    @property
    def can_be_hedged(self) -> bool:
        """Whether its frames may be bought a second time when it is late.

        A send without an answer and a job that may be lost have rules of their own (`gpu.call.submit`,
        `gpu.call.poll`).
        """
        return self.hedge_at is not None and self.sent.is_set() and not (self.job and self.job.observed.may_be_lost)

    def is_late(self, now: float) -> bool:
        """Tell whether it should have ended by `now`, and may be hedged."""
        return self.can_be_hedged and self.hedge_at is not None and self.hedge_at <= now

    def goes_on_beside(self, idle_workers: int) -> bool:
        """Tell whether its job is known to go on since workers are idle.

        In the moment between the end of a job and the poll that sees it, its own worker is idle.
        """
        known_at = self.job.observed.known_at if self.job else 0.0
        if not idle_workers:
            self.known_at_idle = None
        elif self.known_at_idle is None:
            self.known_at_idle = known_at
        return self.known_at_idle is not None and known_at > self.known_at_idle

    def is_stale(self, error: GpuError) -> bool:
        """Tell whether the error is about another run's call and says nothing of the work itself."""
        gone = isinstance(error, STALE_CALL_ERRORS) and self.resumed
        return gone or (isinstance(error, JobLost) and not self.complete)

    def postpone(self, seconds: float) -> None:
        """Expect the call later by the seconds that its send took."""
        self.due += seconds
        if self.hedge_at is not None:
            self.hedge_at += seconds


def is_final(error: GpuError) -> bool:
    """Tell whether it is of no use to send the call's frames again, in smaller packs."""
    return isinstance(error, FINAL_ERRORS) or (isinstance(error, JobFailed) and error.code in REQUEST_ERROR_CODES)
