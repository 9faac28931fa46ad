"""A job that the endpoint has: what it has said of it so far, and the most that the job may have run.

Where RunPod says how long a job ran (`executionTime`), that is what is booked. Of a job that ended otherwise (by our
deadline, by a cancel, because the endpoint lost it) nobody says so, and yet a worker may have been paid for it. Then
the most that is possible is booked, marked as an estimate: zero would hide what a broken endpoint costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gpu.contract import Request
from gpu.ledger import CallRecord, Timings
from gpu.runpod.responses import Health

MIN_EXECUTION_S: Final = 5.0
"""RunPod's least `executionTimeout`."""


@dataclass(slots=True)
class Activity:
    """The endpoint's work, as one run has seen it; times are Unix time in seconds.

    `away_until`: it is known to have been out of reach until then.
    `worked_at`: a job of anybody was last seen to begin or to have ended then.
    `ended_jobs`: so many had ended by its last `/health`; None before the first, which was at `watched_since`.
    """

    away_until: float = 0.0
    worked_at: float = 0.0
    ended_jobs: int | None = None
    watched_since: float = 0.0

    def record_health(self, health: Health, now: float) -> None:
        """Note the count of ended jobs; where it has risen, the endpoint works, for whomever."""
        if self.ended_jobs is None:
            self.watched_since = now
        elif health.ended_jobs > self.ended_jobs:
            self.worked_at = now
        self.ended_jobs = health.ended_jobs


@dataclass(slots=True)
class Observations:
    """One job, as its answers have shown it; times are Unix time in seconds.

    `idle_until`: no worker had it by then (its send, the last answer that found it in the queue, or the end of its
    `delayTime`).
    `started`: it was seen running.
    `known_at`: the last answer that knew it.
    `unknown_since`: the first of the last answers in a row that did not know it.
    `replaces_lost`: it was sent because the endpoint lost the job before it.
    """

    idle_until: float = 0.0
    started: bool = False
    known_at: float = 0.0
    unknown_since: float | None = None
    replaces_lost: bool = False

    @property
    def may_be_lost(self) -> bool:
        """Whether it may be lost, or stands for one that was: it is not bought a second time then."""
        return self.unknown_since is not None or self.replaces_lost

    def record_state(self, state: str, now: float, began: float = 0.0) -> None:
        """Note an answer of `/status`; a worker has `began` it then, where the endpoint says so.

        A job that is back in the queue, its worker dead, has run all the same.
        """
        self.unknown_since, self.known_at = None, now
        if not self.started:
            self.idle_until = now if state == "IN_QUEUE" else max(self.idle_until, min(began, now))
        self.started = self.started or state != "IN_QUEUE"

    def record_restart(self, sent_at: float) -> None:
        """Note that the job is lost and another one is sent in its place, the only time."""
        self.idle_until, self.started, self.unknown_since, self.replaces_lost = sent_at, False, None, True

    def record_unknown(self, now: float) -> float:
        """Note an answer that did not know the job; return since when that has been so."""
        if self.unknown_since is None:
            self.unknown_since = now
        return self.unknown_since


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job that the endpoint has. `resumed`: sent by another run, an earlier one of this job or one of another job.

    `deadline` is in seconds from its start or, while it is queued, from the last work seen at the endpoint.
    `observed` is what its answers have shown, and those of the job that replaces it when it is lost.
    """

    request: Request
    record: CallRecord
    deadline: float
    resumed: bool
    observed: Observations = field(default_factory=Observations)

    @property
    def complete(self) -> bool:
        """Whether all its pictures are at hand, so that it can be sent again."""
        return all(self.request.images)

    def bound_execution(self, now: float) -> Timings:
        """Bound the execution that a worker may have been paid for until `now`."""
        return bound_execution(self.observed.idle_until or self.record.sent_at, now, self.deadline)


def bound_execution(idle_until: float, now: float, deadline: float) -> Timings:
    """Bound the execution that a worker may have been paid for since `idle_until`, by the job's own policy."""
    seconds = min(max(0.0, now - idle_until), execution_timeout(deadline))
    return Timings(None, round(seconds * 1000), estimated=True)


def bound_execution_since_send(record: CallRecord, now: float, deadline: float) -> Timings:
    """Bound the same for a job that was not observed since its send; 0 for one that was not sent."""
    return bound_execution(record.sent_at or now, now, deadline)


def execution_timeout(deadline: float) -> float:
    """Return the seconds after which the endpoint itself stops a job that we want within `deadline` seconds."""
    return max(MIN_EXECUTION_S, deadline)
