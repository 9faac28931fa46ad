from __future__ import annotations

import threading

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from animations.models import EndpointState
from animations.work.gpu import breaker_state
from animations.work.gpu.breaker_state import RowBreaker
from gpu.call.breaker import FAILURES_TO_OPEN, BreakerState
from gpu.errors import EndpointDown, JobFailed, TransportError, Unauthorized
from gpu.runpod.responses import Health

pytestmark = pytest.mark.django_db(transaction=True)


def finished(error: Exception | None) -> None:
    async_to_sync(RowBreaker().on_finished)(error)  # type: ignore[arg-type]


def admit() -> None:
    async_to_sync(RowBreaker().admit)()


def phase() -> str:
    return breaker_state.read_state(EndpointState.objects.first()).phase


def test_a_call_that_succeeds_writes_nothing_to_a_closed_breaker() -> None:
    admit()
    finished(None)
    async_to_sync(RowBreaker().on_submitted)()
    assert not EndpointState.objects.exists()


def test_failures_of_several_processes_add_up_and_stop_all_of_them() -> None:
    for _ in range(FAILURES_TO_OPEN):
        admit()
        finished(TransportError("gone"))
    assert phase() == "open"
    with pytest.raises(EndpointDown, match="cannot be reached"):
        admit()
    with pytest.raises(EndpointDown, match="cannot be reached"):
        async_to_sync(RowBreaker().require_not_open)()
    assert EndpointState.objects.get().breaker["condition"]["code"] == "unreachable"


def test_a_queue_without_workers_is_noticed_by_those_who_wait() -> None:
    EndpointState.objects.create(endpoint="local")
    async_to_sync(RowBreaker().on_health)(Health({"inQueue": 1}, {"unhealthy": 1}))
    assert breaker_state.read_state(EndpointState.objects.get()).stalled_since > 0


def test_a_job_that_its_worker_refused_closes_it() -> None:
    finished(TransportError("gone"))
    assert breaker_state.read_state(EndpointState.objects.get()).failures == 1
    finished(JobFailed("bad_image", "no"))
    assert breaker_state.read_state(EndpointState.objects.get()) == BreakerState()


def test_an_answered_send_forgets_transport_failures() -> None:
    finished(Unauthorized("no"))
    assert phase() == "open"
    async_to_sync(RowBreaker().on_submitted)()
    assert phase() == "closed"


def test_one_of_many_waiting_runs_is_admitted() -> None:
    finished(Unauthorized("no"))
    row = EndpointState.objects.get()
    EndpointState.objects.update(breaker=row.breaker | {"opened_at": 1.0})
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            breaker_state.change_state(breaker_state._admitted)
            outcomes.append("sent")
        except EndpointDown:
            outcomes.append("stopped")
        finally:
            connection.close()

    runs = [threading.Thread(target=attempt) for _ in range(5)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(outcomes) == ["sent", *["stopped"] * 4]
    assert phase() == "half_open"


def test_the_row_stores_the_state_and_its_condition_in_words() -> None:
    row = EndpointState(endpoint="local", error="away", workers={"idle": 1})
    assert breaker_state.health_of(row) is None
    row.error = ""
    health = breaker_state.health_of(row)
    assert health is not None
    assert health.workers == {"idle": 1}
    state = BreakerState(failures=2)
    stored = breaker_state.to_row(state, health)
    assert stored["condition"] == {"code": "ready", "message": "The GPU is ready", "queue": 0}
    assert breaker_state.read_state(EndpointState(breaker=stored)) == state
    assert breaker_state.read_state(None) == BreakerState()
