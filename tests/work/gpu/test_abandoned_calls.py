"""Calls that nobody wants are cancelled, and those whose run died are booked once no later job can resume them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings

from animations import jobs
from animations.actions.jobs import cancel
from animations.models import GpuCall, Job, Project
from animations.models.gpu import CANCEL_UNWANTED
from animations.models.quota import usage_today
from animations.work.gpu.abandoned_calls import cancel_unwanted_calls, end_abandoned_calls
from animations.work.reconcile import reconcile
from tests.work.fake_endpoint import FakeEndpoint

HOUR = timedelta(hours=1)


@pytest.fixture
def job(make_project: Callable[..., Project]) -> Job:
    return make_project().jobs.get()


def call(job: Job | None, status: str = "submitted", ago: timedelta = HOUR, **values: Any) -> GpuCall:
    key = str(GpuCall.objects.count())
    owner = job.project.owner if job else None
    sent = {"sent_at": timezone.now() - ago, "estimate_ms": 4000, "task": "rembg"} | values
    return GpuCall.objects.create(user=owner, job=job, key=key, status=status, **sent)


def end(job: Job, status: str) -> None:
    Job.objects.filter(pk=job.pk).update(status=status)


@pytest.mark.parametrize("status", ["sending", "submitted"])
@pytest.mark.parametrize(("ending", "ended", "charged"), [("failed", "failed", 0), ("cancelled", "cancelled", 4000)])
def test_a_sent_call_of_a_job_that_is_over_is_booked_with_its_bound(
    job: Job, settings: Settings, status: str, ending: str, ended: str, charged: int
) -> None:
    settings.GPU_DOLLARS_PER_SECOND = 0.01
    made = call(job, status)
    end(job, ending)
    assert end_abandoned_calls() == 1
    made.refresh_from_db()
    assert (made.status, made.execution_ms, made.cost_is_estimate) == (ended, 300_000, True)
    assert float(made.cost_usd) == pytest.approx(3.0)
    assert made.finished_at is not None
    assert usage_today(job.project.owner_id).committed_ms == charged
    assert end_abandoned_calls() == 0


def test_the_reconciler_ends_abandoned_calls(job: Job) -> None:
    made = call(job)
    end(job, "failed")
    reconcile()
    made.refresh_from_db()
    assert made.status == "failed"


def test_a_call_that_a_job_waits_for_or_may_resume_is_left_alone(job: Job) -> None:
    call(job)
    assert end_abandoned_calls() == 0
    other = Job.objects.create(project=job.project, kind=Job.Kind.RETRY, revision=job.project.revision)
    end(job, "failed")
    GpuCall.objects.get().waiting.add(other)
    call(job, ago=timedelta(minutes=29))
    call(job, "prepared", sent_at=None)
    call(job, "uncertain")
    call(job, "succeeded", execution_ms=1)
    assert end_abandoned_calls() == 0
    end(other, "succeeded")
    assert end_abandoned_calls() == 1


def test_a_call_of_a_deleted_emoji_ends_as_cancelled(job: Job) -> None:
    made = call(job)
    user = job.project.owner_id
    job.project.delete()
    assert end_abandoned_calls() == 1
    made.refresh_from_db()
    assert made.status == "cancelled"
    assert usage_today(user).spent_ms == 4000


@pytest.fixture
def sent(endpoint: FakeEndpoint, job: Job) -> GpuCall:
    """Return a call whose job the endpoint has in its queue, from a job that waits."""
    endpoint.answer = {"status": "IN_QUEUE"}
    endpoint.runs.append({"task": "rembg"})
    made = call(job, ago=timedelta(minutes=5), remote_id="1", endpoint=f"{endpoint.url}/local")
    made.waiting.add(job)
    return made


def queued_functions() -> set[str | None]:
    return {message.func_name for message in django_rq.get_queue("interactive").jobs}


@pytest.mark.parametrize("is_deleted", [False, True])
def test_the_calls_of_a_job_that_is_cancelled_while_it_waits_are_cancelled_at_once(
    job: Job, sent: GpuCall, endpoint: FakeEndpoint, is_deleted: bool
) -> None:
    user = job.project.owner_id
    if is_deleted:
        job.project.delete()
    else:
        cancel(job)
    assert CANCEL_UNWANTED in queued_functions()
    jobs.cancel_unwanted_calls("local")
    sent.refresh_from_db()
    assert (endpoint.cancelled, sent.status, sent.execution_ms) == (["1"], "cancelled", 0)
    assert usage_today(user).spent_ms == 0
    assert cancel_unwanted_calls() == 0


def test_the_reconciler_has_those_cancelled_that_were_missed(job: Job, sent: GpuCall) -> None:
    end(job, "cancelled")
    reconcile()
    assert CANCEL_UNWANTED in queued_functions()


def test_a_call_that_another_live_job_waits_for_is_not_cancelled(
    job: Job, sent: GpuCall, endpoint: FakeEndpoint
) -> None:
    sent.waiting.add(Job.objects.create(project=job.project, kind=Job.Kind.RETRY, revision=job.project.revision))
    cancel(job)
    assert cancel_unwanted_calls() == 0
    assert endpoint.cancelled == []


@pytest.mark.parametrize(("state", "cancelled"), [("IN_QUEUE", ["1"]), ("IN_PROGRESS", [])])
def test_of_a_job_that_has_failed_only_what_no_worker_has_begun_is_cancelled(
    job: Job, sent: GpuCall, endpoint: FakeEndpoint, state: str, cancelled: list[str]
) -> None:
    endpoint.answer = {"status": state}
    end(job, "failed")
    cancel_unwanted_calls()
    assert endpoint.cancelled == cancelled


def test_what_a_cancelled_job_has_run_is_written_down_as_the_endpoint_says(
    job: Job, sent: GpuCall, endpoint: FakeEndpoint
) -> None:
    endpoint.answer = {"status": "COMPLETED", "output": {}, "executionTime": 1500}
    cancel(job)
    cancel_unwanted_calls()
    sent.refresh_from_db()
    assert (sent.status, sent.execution_ms, sent.cost_is_estimate) == ("cancelled", 1500, False)


def test_calls_at_an_endpoint_that_is_away_are_left_for_later(
    job: Job, sent: GpuCall, endpoint: FakeEndpoint, settings: Settings
) -> None:
    settings.RUNPOD_BASE_URL = "http://127.0.0.1:9/v2"
    GpuCall.objects.update(endpoint="http://127.0.0.1:9/v2/local")
    cancel(job)
    assert cancel_unwanted_calls() == 0
    sent.refresh_from_db()
    assert sent.status == "submitted"
