"""Calls whose run died are booked once no later job can resume them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from animations.models import GpuCall, Job, Project
from animations.models.quota import usage_today
from animations.work.gpu.abandoned_calls import end_abandoned_calls
from animations.work.reconcile import reconcile

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
