"""The states of a circuit breaker: whether it makes sense to send anything now.

    closed ──failures in a row, or a queue that nobody works──> open ──cooldown──> half_open ──success──> closed
      └──<──────────────────────── any success ────────────────────┴──<── failure, with twice the cooldown ──┘

Pure: a `BreakerState` is plain data, each function gives the next one (the same object when nothing changes, so that
a row need not be written), and `now` is Unix time in seconds. An app with many processes keeps the state in a row
and moves it by compare-and-set; `MemoryBreaker` is for one process.

What counts is what says something about the endpoint: it is not reached, refuses us, loses work twice, or its workers
crash or never take a job. A job that its worker refused, or whose result was lost, was worked on: that is a
success here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, get_args

from gpu.errors import (
    EndpointMissing,
    GpuError,
    JobFailed,
    JobLost,
    NeverStarted,
    OutputLost,
    RateLimited,
    SendUncertain,
    TransportError,
    Unauthorized,
    WorkerCrashed,
)
from gpu.runpod.responses import Health

Phase = Literal["closed", "open", "half_open"]

FAILURES_TO_OPEN: Final = 3
"""In a row; each is a call that has already been patient (`gpu.runpod.retry`)."""
COOLDOWN_S: Final = 10.0
MAX_COOLDOWN_S: Final = 120.0
TRIAL_TIMEOUT_S: Final = 60.0
"""After this long the one call that was let through is taken for lost, and another one is."""
STALL_S: Final = 180.0
"""The endpoint is broken if no worker takes a job from its queue for so long."""
INITIALIZING_STALL_S: Final = 600.0
"""The same while a worker is starting, which takes minutes where the image is new to its host."""
UNHEALTHY_STALL_S: Final = 30.0
"""The same where RunPod itself calls workers unhealthy."""

PERMANENT_ERRORS: Final = (Unauthorized, EndpointMissing)
"""One is enough: the next call would be refused as well."""
UNREACHABLE_CODES: Final = frozenset(kind.code for kind in (TransportError, *PERMANENT_ERRORS))
"""Failures that any answer disproves, that of `/health` too."""
NOT_SUBMITTED_CODES: Final = UNREACHABLE_CODES | {RateLimited.code, SendUncertain.code}
"""Failures that a job which is taken disproves."""
COUNTED_ERRORS: Final = (
    TransportError,
    RateLimited,
    *PERMANENT_ERRORS,
    SendUncertain,
    WorkerCrashed,
    NeverStarted,
    JobLost,
)
CRASHED: Final = "worker_crashed"
STALLED: Final = "stalled"


@dataclass(frozen=True, slots=True)
class BreakerState:
    """`failures` in a row, the last one's `error` code, times in Unix seconds (0.0: never), `cooldown` in seconds."""

    phase: Phase = "closed"
    failures: int = 0
    error: str = ""
    opened_at: float = 0.0
    cooldown: float = COOLDOWN_S
    trial_at: float = 0.0
    stalled_since: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return JSON for a row."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> BreakerState:
        """Read a row's JSON; what is missing there or of another type is as at the start."""
        start = cls()
        kept = {name: raw[name] for name, value in asdict(start).items() if _has_type_of(raw.get(name), value)}
        if kept.get("phase") not in get_args(Phase):
            return start
        return replace(start, **kept)


def seconds_until_send(state: BreakerState, now: float) -> float:
    """Return the seconds until a call may be sent; 0.0: now, and whoever sends must keep `after_admission`."""
    if state.phase == "open":
        return max(0.0, state.opened_at + state.cooldown - now)
    if state.phase == "half_open":
        return max(0.0, state.trial_at + TRIAL_TIMEOUT_S - now)
    return 0.0


def after_admission(state: BreakerState, now: float) -> BreakerState:
    """Let a call through: of a breaker that is not closed, the only one until it ends."""
    return state if state.phase == "closed" else replace(state, phase="half_open", trial_at=now)


def after_success(state: BreakerState) -> BreakerState:
    """Close the breaker: a job was worked on."""
    return state if state == BreakerState() else BreakerState()


def after_submission(state: BreakerState) -> BreakerState:
    """Forget the failures of the endpoint's API, which has taken a job; that says nothing of its workers."""
    return _forget_failures(state) if state.error in NOT_SUBMITTED_CODES else state


def after_failure(state: BreakerState, error: GpuError, now: float) -> BreakerState:
    """Take in the error of a call, which may count, be a job's own (a success), or say nothing."""
    if not isinstance(error, COUNTED_ERRORS):
        return after_success(state) if isinstance(error, JobFailed | OutputLost) else state
    code = CRASHED if isinstance(error, WorkerCrashed) else error.code
    counted = replace(state, failures=state.failures + 1, error=code)
    if state.phase == "closed":
        broken = counted.failures >= FAILURES_TO_OPEN or isinstance(error, PERMANENT_ERRORS)
        return replace(counted, phase="open", opened_at=now) if broken else counted
    tried = state.phase == "half_open" or seconds_until_send(state, now) == 0.0
    return _reopen(counted, now) if tried else counted


def after_health(state: BreakerState, health: Health, now: float) -> BreakerState:
    """Take in an answer of `/health`: a queue without a worker opens the breaker, a worker ends the stall."""
    state = _forget_failures(state) if state.error in UNREACHABLE_CODES else state
    if health.live_workers or not health.queue:
        return replace(state, stalled_since=0.0) if state.stalled_since else state
    if not state.stalled_since:
        return replace(state, stalled_since=now)
    if health.is_out_of_capacity or not is_stalled(state, health, now):
        return state
    if state.phase == "closed":
        return replace(state, phase="open", opened_at=now, error=STALLED)
    return _reopen(state, now) if state.phase == "half_open" and now - state.trial_at >= TRIAL_TIMEOUT_S else state


def is_stalled(state: BreakerState, health: Health, now: float) -> bool:
    """Tell whether a queue has been without a worker for too long."""
    patience = INITIALIZING_STALL_S if health.workers.get("initializing", 0) else STALL_S
    if health.workers.get("unhealthy", 0):
        patience = UNHEALTHY_STALL_S
    return state.stalled_since > 0 and now - state.stalled_since >= patience


def _reopen(state: BreakerState, now: float) -> BreakerState:
    return replace(state, phase="open", opened_at=now, cooldown=min(state.cooldown * 2, MAX_COOLDOWN_S))


def _forget_failures(state: BreakerState) -> BreakerState:
    """Forget failures of the endpoint's API; whether its workers work is another matter."""
    return BreakerState(stalled_since=state.stalled_since)


def _has_type_of(value: object, example: object) -> bool:
    if isinstance(example, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
