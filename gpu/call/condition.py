"""The endpoint's condition in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpu.call.breaker import NOT_SUBMITTED_CODES, BreakerState, is_stalled
from gpu.errors import EndpointMissing, RateLimited, Unauthorized
from gpu.runpod.responses import Health

Code = Literal["ready", "starting", "full", "failing", "unreachable"]


@dataclass(frozen=True, slots=True)
class Condition:
    """The endpoint in words for people. `queue`: jobs that wait for a worker."""

    code: Code
    message: str
    queue: int = 0


def describe(health: Health | None, state: BreakerState, now: float) -> Condition:
    """Describe the endpoint to people. `health` is None when the last question about it had no answer."""
    queue = health.queue if health else 0
    if state.phase != "closed":
        return describe_open(state, health)
    if health is None:
        return Condition("unreachable", "The GPU cannot be reached")
    if health.live_workers:
        crowded = queue > health.live_workers and not health.free_workers
        return _full(queue) if crowded else Condition("ready", "The GPU is ready", queue)
    if health.is_out_of_capacity:
        return _full(queue)
    if health.workers.get("unhealthy", 0) or is_stalled(state, health, now):
        return Condition("failing", "The GPU is failing", queue)
    if queue or health.workers.get("initializing", 0):
        return Condition("starting", "The GPU is starting", queue)
    return Condition("ready", "The GPU is asleep and starts when it is needed", queue)


def describe_open(state: BreakerState, health: Health | None = None) -> Condition:
    """Describe an endpoint whose breaker is not closed."""
    queue = health.queue if health else 0
    if state.error == RateLimited.code or (health and health.is_out_of_capacity):
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
