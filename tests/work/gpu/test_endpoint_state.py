from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from animations import jobs
from animations.models import EndpointState, GpuCall, Project
from animations.work.gpu import endpoint_state as gpu_endpoint
from animations.work.gpu import timings
from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet
from gpu.client import GpuClient
from gpu.ledger import MemoryLedger
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.responses import Health
from tests.work.fake_endpoint import FakeEndpoint

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN = Timing(50.0, 100.0)


def aged(**values: object) -> EndpointState:
    EndpointState.objects.update_or_create(endpoint="local", defaults=values)
    return EndpointState.objects.get()


def row() -> EndpointState:
    return EndpointState.objects.get()


def ago(**span: int) -> object:
    return timezone.now() - timedelta(**span)


def test_the_endpoint_is_asked_about_itself_when_the_row_is_old(endpoint: FakeEndpoint) -> None:
    assert gpu_endpoint.is_stale()
    jobs.refresh_endpoint(gpu_endpoint.name())
    state = row()
    assert state.endpoint == gpu_endpoint.name() == "local"
    assert state.workers == {"ready": 1, "idle": 1}
    assert state.info["tasks"] == endpoint.tasks
    assert not gpu_endpoint.is_stale()
    aged(as_of=ago(minutes=9))
    assert not gpu_endpoint.is_stale()
    aged(as_of=ago(minutes=11))
    assert gpu_endpoint.is_stale()


def test_an_endpoint_in_use_coming_up_or_out_of_reach_is_asked_twice_a_minute(
    make_project: Callable[..., Project],
) -> None:
    job = make_project().jobs.get()
    known: dict[str, Any] = {"tasks": {}}
    old, fresh = ago(seconds=31), ago(seconds=29)
    for values in ({"used_at": ago(seconds=50)}, {"error": "away"}, {"info": {}, "workers": {"initializing": 1}}):
        usual = {"info": known, "workers": {}, "used_at": None, "error": ""}
        aged(as_of=old, **{**usual, **values})
        assert gpu_endpoint.is_stale(), values
        aged(as_of=fresh)
        assert not gpu_endpoint.is_stale(), values
    aged(as_of=old, info=known, error="", used_at=ago(minutes=5), workers={})
    assert not gpu_endpoint.is_stale()
    GpuCall.objects.create(job=job, key="k", task="rembg", status="submitted")
    assert gpu_endpoint.is_stale()
    job.__class__.objects.update(status="failed")
    assert not gpu_endpoint.is_stale()


def test_the_endpoint_is_marked_in_use_at_most_twice_a_minute() -> None:
    gpu_endpoint.mark_in_use()
    first = row().used_at
    gpu_endpoint.mark_in_use()
    assert row().used_at == first is not None
    aged(used_at=ago(minutes=1))
    gpu_endpoint.mark_in_use()
    noted = row().used_at
    assert noted is not None
    assert noted > first


@pytest.mark.parametrize(
    ("workers", "in_queue", "asked"),
    [
        ({"idle": 1, "ready": 1}, 0, 1),
        ({"ready": 1}, 0, 1),
        ({"ready": 1, "running": 1}, 0, 0),
        ({"running": 2, "idle": 0}, 0, 0),
        ({"initializing": 1}, 0, 0),
        ({"idle": 1}, 3, 0),
        ({}, 0, 0),
    ],
)
def test_info_is_asked_only_of_a_worker_with_nothing_to_do(
    endpoint: FakeEndpoint, workers: dict[str, int], in_queue: int, asked: int
) -> None:
    endpoint.health = {"workers": workers, "jobs": {"inQueue": in_queue}}
    gpu_endpoint.refresh("local")
    gpu_endpoint.refresh("local")
    assert len(endpoint.runs) == asked
    assert row().jobs == {"inQueue": in_queue}


def test_a_worker_that_does_not_answer_info_keeps_what_it_said_before(endpoint: FakeEndpoint) -> None:
    aged(info={"tasks": {"rembg": {"available": True}}})
    endpoint.answer = {"status": "FAILED", "error": "broken"}
    gpu_endpoint.refresh("local")
    assert row().info == {"tasks": {"rembg": {"available": True}}}
    assert row().error == ""


def test_an_endpoint_out_of_reach_is_written_down(settings: Settings) -> None:
    settings.RUNPOD_BASE_URL = "http://127.0.0.1:9/v2"
    gpu_endpoint.refresh("local")
    assert "could not be reached" in row().error
    assert row().breaker["condition"]["code"] == "unreachable"


@pytest.mark.parametrize(
    ("workers", "in_queue", "code", "words"),
    [
        ({"initializing": 1}, 2, "starting", "The GPU is starting"),
        ({"throttled": 3}, 7, "full", "The GPU is out of capacity, 7 in queue"),
        ({"unhealthy": 2}, 1, "failing", "The GPU is failing"),
        ({"idle": 1}, 0, "ready", "The GPU is ready"),
    ],
)
def test_the_row_stores_the_condition_in_words(workers: dict[str, int], in_queue: int, code: str, words: str) -> None:
    gpu_endpoint.record_health(Health({"inQueue": in_queue}, workers))
    assert row().breaker["condition"] == {"code": code, "message": words, "queue": in_queue}


def _fleet(endpoint: FakeEndpoint, settings: Settings) -> Fleet:
    async def read() -> Fleet:
        url = str(settings.RUNPOD_BASE_URL)
        async with GpuClient(Endpoint(f"{url}/local", ""), MemoryLedger()) as client:
            return await gpu_endpoint.read_current_fleet(client, KNOWN)

    return async_to_sync(read)()


def test_a_plan_sees_the_workers_of_this_moment(endpoint: FakeEndpoint, settings: Settings) -> None:
    settings.GPU_MAX_WORKERS, settings.GPU_SCALER = 5, "request_count:2"
    timings.learn_cold_start(8000)
    aged(workers={"idle": 4}, as_of=ago(seconds=10))
    endpoint.health = {"workers": {"idle": 1, "running": 1}, "jobs": {"inQueue": 2}}
    found = _fleet(endpoint, settings)
    assert (found.idle, found.startable, len(found.free_in), len(found.queue_ahead)) == (1, 3, 1, 2)
    assert str(found.scaler) == "request_count:2"
    assert found.cold_start == pytest.approx(timings.cold_start_seconds())
    assert row().workers == {"idle": 1, "running": 1}
    endpoint.health = {"workers": {"idle": 3}, "jobs": {}}
    assert _fleet(endpoint, settings).idle == 1


def test_an_endpoint_that_does_not_answer_is_planned_for_as_it_was_last_seen(
    endpoint: FakeEndpoint, settings: Settings
) -> None:
    settings.RUNPOD_BASE_URL = "http://127.0.0.1:9/v2"
    aged(workers={"idle": 2}, as_of=ago(minutes=3))
    assert _fleet(endpoint, settings).idle == 2
