"""What people are told of the endpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu.call.breaker import (
    STALL_S,
    BreakerState,
)
from gpu.call.condition import describe
from gpu.errors import (
    EndpointMissing,
    GpuError,
    NeverStarted,
    RateLimited,
    SendUncertain,
    Unauthorized,
)
from gpu.runpod.responses import Health
from tests.gpu.call.harness import CRASH, DOWN, NOW, broken, health


@pytest.mark.parametrize(
    ("found", "code", "message"),
    [
        (health(ready=1), "ready", "The GPU is ready"),
        (health(idle=1), "ready", "The GPU is ready"),
        (health(queue=5, running=1, initializing=1), "ready", "The GPU is ready"),
        (health(queue=1, running=2, ready=2), "ready", "The GPU is ready"),
        (health(queue=5, running=2, ready=2), "full", "The GPU is out of capacity, 5 in queue"),
        (health(queue=5, running=2, throttled=1), "full", "The GPU is out of capacity, 5 in queue"),
        (health(queue=0), "ready", "The GPU is asleep and starts when it is needed"),
        (health(queue=2), "starting", "The GPU is starting"),
        (health(queue=0, initializing=1), "starting", "The GPU is starting"),
        (health(queue=2, initializing=1, throttled=2), "starting", "The GPU is starting"),
        (health(queue=2, throttled=2), "full", "The GPU is out of capacity, 2 in queue"),
        (health(queue=2, unhealthy=1), "failing", "The GPU is failing"),
        (health(queue=2, unhealthy=1, initializing=1), "failing", "The GPU is failing"),
        (health(queue=2, unhealthy=1, throttled=1), "failing", "The GPU is failing"),
        (health(queue=0, unhealthy=1, ready=1), "ready", "The GPU is ready"),
    ],
)
def test_the_condition_says_how_the_endpoint_is(found: Health, code: str, message: str) -> None:
    condition = describe(found, BreakerState(), NOW)
    assert (condition.code, condition.message, condition.queue) == (code, message, found.jobs["inQueue"])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DOWN, "unreachable", "The GPU cannot be reached"),
        (SendUncertain("?"), "unreachable", "The GPU cannot be reached"),
        (Unauthorized("no"), "unreachable", "The GPU endpoint does not accept our key"),
        (EndpointMissing("none"), "unreachable", "There is no GPU endpoint of this name"),
        (RateLimited("slow"), "full", "The GPU is out of capacity, 4 in queue"),
        (CRASH, "failing", "The GPU is failing"),
        (NeverStarted("late"), "failing", "The GPU is failing"),
    ],
    ids=lambda value: value.code if isinstance(value, GpuError) else "",
)
def test_an_open_breaker_is_the_condition(error: GpuError, code: str, message: str) -> None:
    condition = describe(health(queue=4, running=1), broken(error), NOW)
    assert (condition.code, condition.message, condition.queue) == (code, message, 4)


def test_jobs_that_never_started_for_want_of_a_gpu_are_a_want_of_capacity() -> None:
    assert describe(health(queue=4, throttled=2), broken(NeverStarted("late")), NOW).code == "full"


def test_an_endpoint_that_did_not_answer_cannot_be_reached() -> None:
    assert describe(None, BreakerState(), NOW).code == "unreachable"


def test_a_stall_shows_before_anything_was_refused() -> None:
    state = replace(BreakerState(), stalled_since=NOW)
    assert describe(health(queue=1), state, NOW + STALL_S - 1).code == "starting"
    assert describe(health(queue=1), state, NOW + STALL_S).code == "failing"
