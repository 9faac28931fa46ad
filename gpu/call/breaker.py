"""Whether it makes sense to send anything now: a circuit breaker, and the endpoint's condition in words.

    closed ──failures in a row, or a queue that nobody works──> open ──cooldown──> half_open ──success──> closed
      └──<──────────────────────── any success ────────────────────┴──<── failure, with twice the cooldown ──┘

Pure: a `BreakerState` is plain data, each function gives the next one (the same object when nothing changes, so that
a row need not be written), and `now` is Unix time in seconds. An app with many processes keeps the state in a row
and moves it by compare-and-set; `MemoryBreaker` is for one process.

What counts is what says something about the endpoint: it is not reached, refuses us, loses work twice, or its workers
crash or never take a job up. A job that its worker refused, or whose result was lost, was worked on: that is a
success here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, Protocol, get_args

from gpu.errors import (
    EndpointDown,
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
Code = Literal["ready", "starting", "full", "failing", "unreachable"]

FAILURES_TO_OPEN: Final = 3
"""In a row; each is a call that has already been patient (`gpu.runpod.retry`)."""
COOLDOWN_S: Final = 10.0
LONGEST_COOLDOWN_S: Final = 120.0
TRIAL_TIMEOUT_S: Final = 60.0
"""After this long the one call that was let through is taken for lost, and another one is."""
STALL_S: Final = 180.0
"""A queue for which no worker comes for so long is broken …"""
INITIALIZING_STALL_S: Final = 600.0
"""… unless one is starting, which takes minutes where the image is new to its host: then it is a crash loop …"""
UNHEALTHY_STALL_S: Final = 30.0
"""… sooner where RunPod itself calls workers unhealthy."""

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
        """JSON for a row."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> BreakerState:
        """The state in a row's JSON; what is missing there or of another type is as at the start."""
        start = cls()
        kept = {name: raw[name] for name, value in asdict(start).items() if _has_type_of(raw.get(name), value)}
        if kept.get("phase") not in get_args(Phase):
            return start
        return replace(start, **kept)


@dataclass(frozen=True, slots=True)
class Condition:
    """The endpoint in words for people. `queue`: jobs that wait for a worker."""

    code: Code
    message: str
    queue: int = 0


class Breaker(Protocol):
    """What the client asks and tells. Only `admit` and `check` may stop a call; errors of the others are let go."""

    async def admit(self) -> None:
        """Before a send. Raises `EndpointDown`."""
        ...

    async def require_not_open(self) -> None:
        """While a call is late. Raises `EndpointDown` when there is no hope that it ends."""
        ...

    async def on_submitted(self) -> None:
        """The endpoint has taken a job."""
        ...

    async def on_health(self, health: Health) -> None:
        """The endpoint has said how its workers and its queue are."""
        ...

    async def on_finished(self, error: GpuError | None) -> None:
        """A call is over, well (None) or not."""
        ...


class MemoryBreaker:
    """A breaker that lasts as long as the process."""

    def __init__(self, now: Callable[[], float], state: BreakerState | None = None) -> None:
        self.state = state or BreakerState()
        self._now = now

    async def admit(self) -> None:
        check(self.state, self._now())
        self.state = after_admission(self.state, self._now())

    async def require_not_open(self) -> None:
        require_not_open(self.state, self._now())

    async def on_submitted(self) -> None:
        self.state = after_submission(self.state)

    async def on_health(self, health: Health) -> None:
        self.state = after_health(self.state, health, self._now())

    async def on_finished(self, error: GpuError | None) -> None:
        now = self._now()
        self.state = after_failure(self.state, error, now) if error else after_success(self.state)


def seconds_until_send(state: BreakerState, now: float) -> float:
    """Seconds until a call may be sent; 0.0: now, and whoever sends must keep `after_admission`."""
    if state.phase == "open":
        return max(0.0, state.opened_at + state.cooldown - now)
    if state.phase == "half_open":
        return max(0.0, state.trial_at + TRIAL_TIMEOUT_S - now)
    return 0.0


def check(state: BreakerState, now: float) -> None:
    """Raises `EndpointDown`, with what is wrong and how long to wait, when nothing may be sent."""
    left = seconds_until_send(state, now)
    if left > 0:
        said = f"{_broken(state, None).message}. It is tried again in {left:.0f} s."
        raise EndpointDown(said, left, on_trial=state.phase == "half_open")


def require_not_open(state: BreakerState, now: float) -> None:
    """Raises `EndpointDown` while the breaker is open; the call that tries a half-open one may go on."""
    if state.phase == "open":
        check(state, now)


def after_admission(state: BreakerState, now: float) -> BreakerState:
    """A call has been let through: of a breaker that is not closed, the only one until it ends."""
    return state if state.phase == "closed" else replace(state, phase="half_open", trial_at=now)


def after_success(state: BreakerState) -> BreakerState:
    """A job was worked on: all is well."""
    return state if state == BreakerState() else BreakerState()


def after_submission(state: BreakerState) -> BreakerState:
    """The endpoint's API has answered: its own failures are over. Of its workers this says nothing."""
    return _recovered(state) if state.error in NOT_SUBMITTED_CODES else state


def after_failure(state: BreakerState, error: GpuError, now: float) -> BreakerState:
    """A call has ended with `error`, which may count, be a job's own (a success), or say nothing."""
    if not isinstance(error, COUNTED_ERRORS):
        return after_success(state) if isinstance(error, JobFailed | OutputLost) else state
    code = CRASHED if isinstance(error, WorkerCrashed) else error.code
    counted = replace(state, failures=state.failures + 1, error=code)
    if state.phase == "closed":
        broken = counted.failures >= FAILURES_TO_OPEN or isinstance(error, PERMANENT_ERRORS)
        return replace(counted, phase="open", opened_at=now) if broken else counted
    return _reopened(counted, now) if state.phase == "half_open" else counted


def after_health(state: BreakerState, health: Health, now: float) -> BreakerState:
    """`/health` has answered: a queue that no worker serves for long opens the breaker, a worker ends the stall."""
    state = _recovered(state) if state.error in UNREACHABLE_CODES else state
    if _up(health) or not health.jobs.get("inQueue", 0):
        return replace(state, stalled_since=0.0) if state.stalled_since else state
    if not state.stalled_since:
        return replace(state, stalled_since=now)
    if _is_full(health) or not _is_stalled(state, health, now):
        return state
    if state.phase == "closed":
        return replace(state, phase="open", opened_at=now, error=STALLED)
    return _reopened(state, now) if state.phase == "half_open" and now - state.trial_at >= TRIAL_TIMEOUT_S else state


def condition(health: Health | None, state: BreakerState, now: float) -> Condition:
    """What to tell people. `health` is None when the last question about it had no answer."""
    queue = health.jobs.get("inQueue", 0) if health else 0
    if state.phase != "closed":
        return _broken(state, health)
    if health is None:
        return Condition("unreachable", "The GPU cannot be reached")
    if _up(health):
        crowded = queue > _up(health) and not _free(health)
        return _full(queue) if crowded else Condition("ready", "The GPU is ready", queue)
    if _is_full(health):
        return _full(queue)
    if health.workers.get("unhealthy", 0) or _is_stalled(state, health, now):
        return Condition("failing", "The GPU is failing", queue)
    if queue or health.workers.get("initializing", 0):
        return Condition("starting", "The GPU is starting", queue)
    return Condition("ready", "The GPU is asleep and starts when it is needed", queue)


def _reopened(state: BreakerState, now: float) -> BreakerState:
    return replace(state, phase="open", opened_at=now, cooldown=min(state.cooldown * 2, LONGEST_COOLDOWN_S))


def _broken(state: BreakerState, health: Health | None) -> Condition:
    """The condition of an endpoint whose breaker is not closed."""
    queue = health.jobs.get("inQueue", 0) if health else 0
    if state.error == RateLimited.code or (health and _is_full(health)):
        return _full(queue)
    if state.error == Unauthorized.code:
        return Condition("unreachable", "The GPU endpoint does not accept our key", queue)
    if state.error == EndpointMissing.code:
        return Condition("unreachable", "There is no GPU endpoint of this name", queue)
    if state.error in NOT_SUBMITTED_CODES:
        return Condition("unreachable", "The GPU cannot be reached", queue)
    return Condition("failing", "The GPU is failing", queue)


def _full(queue: int) -> Condition:
    return Condition("full", f"The GPU is out of capacity, {queue} in queue", queue)


def _up(health: Health) -> int:
    """Workers that take jobs. Each count may be missing; `ready` holds the idle ones, and in some answers all."""
    workers = health.workers
    return max(workers.get("ready", 0), workers.get("idle", 0) + workers.get("running", 0))


def _is_full(health: Health) -> bool:
    """No worker, because there is no GPU for one: RunPod throttles, and nothing is starting or broken."""
    workers = health.workers
    return (
        bool(workers.get("throttled", 0)) and not workers.get("initializing", 0) and not workers.get("unhealthy", 0)
    )


def _is_stalled(state: BreakerState, health: Health, now: float) -> bool:
    patience = INITIALIZING_STALL_S if health.workers.get("initializing", 0) else STALL_S
    if health.workers.get("unhealthy", 0):
        patience = UNHEALTHY_STALL_S
    return state.stalled_since > 0 and now - state.stalled_since >= patience


def _free(health: Health) -> int:
    """Workers that have nothing to do, or soon will."""
    workers = health.workers
    idle = max(workers.get("idle", 0), workers.get("ready", 0) - workers.get("running", 0))
    return idle + workers.get("initializing", 0)


def _recovered(state: BreakerState) -> BreakerState:
    """The endpoint's API works; whether its workers do is another matter."""
    return BreakerState(stalled_since=state.stalled_since)


def _has_type_of(value: object, example: object) -> bool:
    if isinstance(example, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
