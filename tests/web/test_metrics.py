from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from animations.models import EndpointState, GpuCall, Job, Project
from animations.web.metrics_collector import PHASES
from gpu.call.breaker import Phase

TOKEN = "a-token-of-some-length"
BOUNDS = ("0.5", "5.0", "10.0", "+Inf")


def metrics_of(**headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Read every sample by its name and the values of its labels, in the order of the labels' names."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


@pytest.fixture
def project(owner: User) -> Project:
    return Project.objects.create(owner=owner, name="Face")


def job(project: Project, kind: str, status: str) -> Job:
    return Job.objects.create(project=project, kind=kind, status=status, revision=1)


def call(task: str, status: str, **values: Any) -> GpuCall:
    return GpuCall.objects.create(task=task, status=status, key=str(GpuCall.objects.count()), **values)


def test_calls_are_counted_by_task_and_status(db: None) -> None:
    call("rembg", "succeeded", frames=10, execution_ms=1500, cost_usd="0.25", delay_ms=400)
    call("rembg", "succeeded", frames=2, execution_ms=500, delay_ms=6_000)
    call("rembg", "failed", delay_ms=300_000)
    call("sam", "submitted")
    found = metrics_of()
    assert found["emojiforge_gpu_calls", ("succeeded", "rembg")] == 2
    assert found["emojiforge_gpu_calls", ("failed", "rembg")] == 1
    assert found["emojiforge_gpu_calls", ("submitted", "sam")] == 1
    assert found["emojiforge_gpu_frames_total", ("rembg",)] == 13
    assert found["emojiforge_gpu_seconds_total", ("rembg",)] == 2.0
    assert found["emojiforge_gpu_cost_usd_total", ("rembg",)] == 0.25
    waits = [found["emojiforge_gpu_delay_seconds_bucket", (bound, "rembg")] for bound in BOUNDS]
    assert waits == [1, 1, 2, 3]
    assert found["emojiforge_gpu_delay_seconds_sum", ("rembg",)] == pytest.approx(306.4)
    assert found["emojiforge_gpu_delay_seconds_count", ("sam",)] == 0


def test_jobs_are_counted_and_those_that_wait_by_their_queue(project: Project, owner: User) -> None:
    other = Project.objects.create(owner=owner, name="Other")
    job(project, "generate", "running")
    waiting = job(other, "generate", "queued")
    job(project, "export", "queued")
    job(project, "retry", "queued")
    Job.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(seconds=90))
    found = metrics_of()
    assert found["emojiforge_jobs", ("generate", "running")] == 1
    assert found["emojiforge_queue_depth", ("bulk",)] == 2
    assert found["emojiforge_queue_depth", ("interactive",)] == 1
    assert 90 <= found["emojiforge_queue_oldest_seconds", ()] < 120


def test_jobs_that_wait_for_the_gpu_are_counted_and_in_no_queue(project: Project) -> None:
    waiting = job(project, "generate", "queued")
    Job.objects.filter(pk=waiting.pk).update(waiting_since=timezone.now())
    found = metrics_of()
    assert found["emojiforge_jobs_waiting_for_gpu", ()] == 1
    assert found["emojiforge_queue_depth", ("bulk",)] == 0
    assert found["emojiforge_queue_oldest_seconds", ()] == 0


def test_the_endpoint_is_shown_as_it_was_last_known(db: None) -> None:
    empty = metrics_of()
    assert empty["emojiforge_queue_oldest_seconds", ()] == 0
    EndpointState.objects.create(
        endpoint="local",
        workers={"idle": 2, "running": 1},
        jobs={"inQueue": 4},
        breaker={"phase": "open"},
        as_of=timezone.now(),
    )
    found = metrics_of()
    assert found["emojiforge_gpu_workers", ("local", "idle")] == 2
    assert found["emojiforge_gpu_jobs", ("local", "inQueue")] == 4
    phases = {phase: found["emojiforge_gpu_breaker", ("local", phase)] for phase in ("closed", "open", "half_open")}
    assert phases == {"closed": 0, "open": 1, "half_open": 0}
    assert found["emojiforge_gpu_heard_seconds", ("local",)] < 60


def test_many_rows_cost_as_many_queries_as_none(project: Project) -> None:
    with CaptureQueriesContext(connection) as asked:
        metrics_of()
    for nth in range(30):
        call(f"task {nth % 5}", "succeeded", delay_ms=nth)
        EndpointState.objects.create(endpoint=str(nth))
    with CaptureQueriesContext(connection) as again:
        metrics_of()
    assert len(again) == len(asked) <= 5


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_may_read_them(db: None, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.7", {}),
        ("", {}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
        ("127.0.0.1", {"X-Real-Ip": "192.0.2.7"}),
        ("192.0.2.7", {"Authorization": "Bearer "}),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}),
    ],
)
def test_others_may_not_even_through_a_proxy_on_this_machine(
    db: None, settings: Settings, address: str, headers: dict[str, str]
) -> None:
    for token in ("", TOKEN):
        settings.METRICS_TOKEN = token
        answer = Client(REMOTE_ADDR=address).get("/metrics", headers=headers)
        assert answer.status_code == 403
        assert b"emojiforge_" not in answer.content


def test_whoever_has_the_token_may_from_anywhere(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.7"}
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics", headers=headers).status_code == 200
    assert Client().post("/metrics").status_code == 405


def test_no_person_and_no_project_is_named(project: Project) -> None:
    call("rembg", "succeeded", user=project.owner, project=project)
    text = Client().get("/metrics").content.decode()
    assert project.owner.email not in text
    assert project.name not in text


def test_the_breakers_phases_are_those_of_the_gpu_client() -> None:
    assert get_args(Phase) == PHASES
