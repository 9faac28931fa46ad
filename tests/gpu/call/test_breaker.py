"""The circuit breaker: what opens it, what closes it, and what people are told."""

from __future__ import annotations

import json

import pytest

from gpu.call.breaker import (
    COOLDOWN_S,
    INITIALIZING_STALL_S,
    MAX_COOLDOWN_S,
    STALL_S,
    TRIAL_TIMEOUT_S,
    UNHEALTHY_STALL_S,
    BreakerState,
    after_admission,
    after_failure,
    after_health,
    after_submission,
    after_success,
    seconds_until_send,
)
from gpu.call.breaker_port import require_admission, require_not_open
from gpu.call.condition import describe
from gpu.errors import (
    BadOutput,
    DeadlineExceeded,
    EndpointDown,
    EndpointMissing,
    GpuError,
    JobCancelled,
    JobExpired,
    JobFailed,
    JobTimedOut,
    JobTooLarge,
    NeverStarted,
    OutputLost,
    RateLimited,
    RequestRefused,
    RequestTooLarge,
    SendUncertain,
    Unauthorized,
)
from gpu.runpod.responses import Health
from tests.gpu.call.harness import CRASH, DOWN, NOW, broken, health


def allows(state: BreakerState, now: float) -> bool:
    return seconds_until_send(state, now) == 0


@pytest.mark.parametrize(
    "error", [DOWN, RateLimited("slow"), SendUncertain("?"), CRASH, NeverStarted("late")], ids=lambda e: e.code
)
def test_failures_of_the_endpoint_open_the_breaker_when_three_come_in_a_row(error: GpuError) -> None:
    state = after_failure(after_failure(BreakerState(), error, NOW), error, NOW)
    assert (state.phase, allows(state, NOW)) == ("closed", True)
    state = after_failure(state, error, NOW)
    assert (state.phase, state.opened_at, allows(state, NOW)) == ("open", NOW, False)


@pytest.mark.parametrize("error", [Unauthorized("no"), EndpointMissing("none")], ids=lambda e: e.code)
def test_a_wrong_key_or_name_opens_the_breaker_at_once(error: GpuError) -> None:
    assert not allows(after_failure(BreakerState(), error, NOW), NOW)


@pytest.mark.parametrize(
    "error",
    [JobFailed("bad_image", "no"), JobFailed("internal", "no"), JobTooLarge("too_large", "no"), OutputLost("gone")],
    ids=lambda e: type(e).__name__,
)
def test_a_workers_own_refusal_counts_as_a_success(error: GpuError) -> None:
    assert after_failure(broken(CRASH), error, NOW) == BreakerState()


@pytest.mark.parametrize(
    "error",
    [
        JobCancelled("by a person"),
        JobExpired("gone"),
        JobTimedOut("long"),
        BadOutput("odd"),
        DeadlineExceeded("long"),
        RequestRefused("no"),
        RequestTooLarge("big"),
        EndpointDown("open"),
    ],
    ids=lambda e: e.code,
)
def test_an_error_that_says_nothing_of_the_endpoint_changes_nothing(error: GpuError) -> None:
    for state in (BreakerState(), BreakerState(failures=2), broken(CRASH)):
        assert after_failure(state, error, NOW) is state


def test_a_success_between_two_failures_starts_the_count_anew() -> None:
    state = after_failure(after_failure(BreakerState(), CRASH, NOW), CRASH, NOW)
    state = after_failure(after_success(state), CRASH, NOW)
    assert (state.phase, state.failures) == ("closed", 1)


def test_a_success_of_a_closed_breaker_is_no_change() -> None:
    state = BreakerState()
    assert after_success(state) is state


def test_a_job_that_is_taken_forgives_the_api_and_not_the_workers() -> None:
    assert after_submission(broken(DOWN)) == BreakerState()
    assert after_submission(broken(SendUncertain("?"))) == BreakerState()
    crashed = broken(CRASH)
    assert after_submission(crashed) is crashed


def test_an_open_breaker_lets_one_call_through_after_its_cooldown() -> None:
    state = broken()
    assert seconds_until_send(state, NOW + 4) == COOLDOWN_S - 4
    later = NOW + COOLDOWN_S
    assert allows(state, later)
    trial = after_admission(state, later)
    assert (trial.phase, allows(trial, later), seconds_until_send(trial, later)) == (
        "half_open",
        False,
        TRIAL_TIMEOUT_S,
    )


def test_a_trial_that_nobody_tells_about_makes_room_for_another() -> None:
    trial = after_admission(broken(), NOW)
    assert not allows(trial, NOW + TRIAL_TIMEOUT_S - 1)
    assert allows(trial, NOW + TRIAL_TIMEOUT_S)


def test_a_closed_breaker_is_not_changed_by_a_call() -> None:
    state = BreakerState(failures=1)
    assert after_admission(state, NOW) is state


def test_a_trial_that_fails_opens_the_breaker_for_twice_as_long_up_to_a_limit() -> None:
    state, cooldowns, now = broken(CRASH), [], NOW
    for _ in range(5):
        now += 1000
        state = after_failure(after_admission(state, now), CRASH, now)
        assert (state.phase, state.opened_at) == ("open", now)
        cooldowns.append(state.cooldown)
    assert cooldowns == [20.0, 40.0, 80.0, MAX_COOLDOWN_S, MAX_COOLDOWN_S]


def test_a_trial_that_succeeds_closes_the_breaker() -> None:
    assert after_success(after_admission(broken(CRASH), NOW)) == BreakerState()


def test_failures_of_calls_that_were_out_already_do_not_lengthen_the_wait() -> None:
    state = after_failure(broken(), DOWN, NOW + 5)
    assert (state.phase, state.opened_at, state.cooldown) == ("open", NOW, COOLDOWN_S)


def test_a_refusal_says_what_is_wrong_and_how_long_to_wait() -> None:
    require_admission(BreakerState(), NOW)
    with pytest.raises(EndpointDown) as caught:
        require_admission(broken(CRASH), NOW + 4)
    assert caught.value.message == "The GPU is failing. It is tried again in 6 s."
    assert caught.value.retry_after == 6.0


def test_an_answer_of_health_closes_what_was_unreachable() -> None:
    unreachable: tuple[GpuError, ...] = (DOWN, Unauthorized("no"), EndpointMissing("none"))
    for error in unreachable:
        assert after_health(broken(error), health(ready=1), NOW) == BreakerState()
    others: tuple[GpuError, ...] = (CRASH, SendUncertain("?"), RateLimited("slow"))
    for error in others:
        state = broken(error)
        assert after_health(state, health(ready=1), NOW) is state


@pytest.mark.parametrize(
    ("counts", "patience"),
    [
        ({}, STALL_S),
        ({"initializing": 1}, INITIALIZING_STALL_S),
        ({"initializing": 1, "throttled": 1}, INITIALIZING_STALL_S),
        ({"unhealthy": 1}, UNHEALTHY_STALL_S),
        ({"unhealthy": 1, "initializing": 1}, UNHEALTHY_STALL_S),
    ],
)
def test_a_queue_that_no_worker_serves_for_long_opens_the_breaker(counts: dict[str, int], patience: float) -> None:
    looping = health(queue=3, **counts)
    state = after_health(BreakerState(), looping, NOW)
    assert state.stalled_since == NOW
    assert after_health(state, looping, NOW + patience - 1) is state
    state = after_health(state, looping, NOW + patience)
    assert (state.phase, describe(looping, state, NOW).code) == ("open", "failing")
    with pytest.raises(EndpointDown, match="The GPU is failing"):
        require_admission(state, NOW + patience)


def test_a_trial_that_no_worker_takes_opens_the_breaker_again() -> None:
    stuck = health(queue=1, unhealthy=1)
    trial = BreakerState(phase="half_open", error="stalled", trial_at=NOW, stalled_since=NOW - UNHEALTHY_STALL_S)
    assert after_health(trial, stuck, NOW + TRIAL_TIMEOUT_S - 1) is trial
    again = after_health(trial, stuck, NOW + TRIAL_TIMEOUT_S)
    assert (again.phase, again.opened_at, again.cooldown) == ("open", NOW + TRIAL_TIMEOUT_S, 2 * COOLDOWN_S)


def test_late_calls_are_given_up_while_the_breaker_is_open_but_not_during_a_trial() -> None:
    opened = broken()
    with pytest.raises(EndpointDown, match="tried again in 10 s"):
        require_not_open(opened, NOW)
    require_not_open(after_admission(opened, NOW + COOLDOWN_S), NOW + COOLDOWN_S + 1)
    require_not_open(BreakerState(), NOW)


def test_an_endpoint_without_a_free_gpu_is_full_and_not_broken() -> None:
    full = health(queue=3, throttled=2)
    state = after_health(after_health(BreakerState(), full, NOW), full, NOW + 10 * STALL_S)
    assert state.phase == "closed"
    assert describe(full, state, NOW + 10 * STALL_S).code == "full"


@pytest.mark.parametrize("better", [health(queue=3, running=1), health(queue=3, ready=1), health(queue=0)])
def test_a_worker_or_an_empty_queue_ends_the_stall(better: Health) -> None:
    state = after_health(BreakerState(), health(queue=3), NOW)
    assert after_health(state, better, NOW + 1) == BreakerState()


def test_a_state_survives_json() -> None:
    state = after_failure(after_admission(broken(CRASH), NOW + 60), CRASH, NOW + 61)
    state = after_health(state, health(queue=1), NOW + 62)
    assert BreakerState.from_dict(json.loads(json.dumps(state.to_dict()))) == state


def test_missing_or_odd_fields_of_a_row_are_read_as_at_the_start() -> None:
    assert BreakerState.from_dict({}) == BreakerState()
    assert BreakerState.from_dict({"phase": "ajar", "failures": 2}) == BreakerState()
    assert BreakerState.from_dict({"phase": 7}) == BreakerState()
    odd = {"phase": "open", "failures": "many", "opened_at": None, "error": 3, "cooldown": True, "more": 1}
    assert BreakerState.from_dict(odd) == BreakerState(phase="open")
