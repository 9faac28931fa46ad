"""A person's GPU time of a day: what counts, what is given back, and that no two runs both take the last of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from animations.models import GpuCall, Job, Project
from animations.models.quota import Usage, day_end, day_start, limits_of, usage_today
from animations.work.gpu import quota


@pytest.fixture
def job(make_project: Callable[..., Project]) -> Job:
    return make_project().jobs.get()


def call(job: Job, status: str, **values: Any) -> GpuCall:
    user = job.project.owner
    key = str(GpuCall.objects.count())
    return GpuCall.objects.create(user=user, job=job, key=key, task="rembg", status=status, **values)


def test_successful_calls_are_spent_running_ones_reserved_and_failed_ones_returned(job: Job) -> None:
    for status in ("succeeded", "failed", "cancelled"):
        call(job, status, execution_ms=1000, estimate_ms=7)
    for nth, status in enumerate(("prepared", "sending", "submitted", "uncertain")):
        call(job, status, estimate_ms=10**nth)
    usage = usage_today(job.project.owner_id)
    assert usage == Usage(spent_ms=1000, reserved_ms=1111)
    assert usage.committed_ms == 2111


def test_nothing_is_reserved_for_a_job_that_is_over(job: Job) -> None:
    call(job, "submitted", estimate_ms=500)
    Job.objects.update(status="cancelled")
    assert usage_today(job.project.owner_id) == Usage(0, 0)


@pytest.mark.parametrize("ending", ["cancelled", "deleted"])
def test_a_call_that_its_person_cancels_is_charged(job: Job, ending: str) -> None:
    user = job.project.owner_id
    call(job, "cancelled", execution_ms=700)
    call(job, "succeeded", execution_ms=200)
    call(job, "submitted", estimate_ms=90, sent_at=timezone.now())
    call(job, "prepared", estimate_ms=5)
    call(job, "failed", execution_ms=4000)
    assert usage_today(user) == Usage(200, 95)
    if ending == "deleted":
        job.project.delete()
    else:
        Job.objects.update(status="cancelled")
    assert usage_today(user) == Usage(900, 90)


def test_a_person_is_charged_the_estimate_where_the_time_is_only_a_bound(job: Job) -> None:
    call(job, "cancelled", execution_ms=300_000, estimate_ms=4000, cost_is_estimate=True)
    call(job, "cancelled", execution_ms=1000, estimate_ms=4000, cost_is_estimate=True)
    call(job, "cancelled", execution_ms=7000, estimate_ms=4000)
    Job.objects.update(status="cancelled")
    assert usage_today(job.project.owner_id) == Usage(4000 + 1000 + 7000, 0)


def test_an_endpoint_that_loses_work_locks_nobody_out(job: Job) -> None:
    for _ in range(50):
        call(job, "failed", execution_ms=300_000, estimate_ms=4000, cost_is_estimate=True)
    assert usage_today(job.project.owner_id) == Usage(0, 0)


def test_a_call_that_we_cancel_costs_its_person_nothing(job: Job) -> None:
    call(job, "cancelled", execution_ms=700)
    call(job, "submitted", estimate_ms=90, sent_at=timezone.now())
    for status in ("succeeded", "failed"):
        Job.objects.update(status=status)
        assert usage_today(job.project.owner_id) == Usage(0, 0)


def test_yesterdays_and_other_peoples_calls_do_not_count(job: Job, stranger: User) -> None:
    old = call(job, "succeeded", execution_ms=1000)
    GpuCall.objects.filter(pk=old.pk).update(created_at=day_start() - timedelta(seconds=1))
    call(job, "succeeded", execution_ms=50)
    assert usage_today(job.project.owner_id).spent_ms == 50
    assert usage_today(stranger.pk) == Usage(0, 0)


def test_the_day_begins_at_midnight_utc() -> None:
    now = timezone.now()
    assert day_start() <= now < day_end()
    assert day_end() - day_start() == timedelta(days=1)
    assert (day_start().hour, day_start().utcoffset()) == (0, timedelta(0))


def test_a_call_must_fit_into_what_is_left(job: Job, settings: Settings) -> None:
    settings.GPU_SECONDS_PER_DAY = 2
    assert limits_of(job.project.owner_id).gpu_ms == 2000
    call(job, "succeeded", execution_ms=1500)
    with transaction.atomic():
        quota.require_room(job.project.owner_id, 500)
        with pytest.raises(quota.QuotaExceeded, match="starts anew at 00:00 UTC") as refusal:
            quota.require_room(job.project.owner_id, 501)
    assert refusal.value.code == "limit_reached"


def test_of_two_runs_at_once_only_one_gets_the_last_seconds(job: Job, settings: Settings) -> None:
    settings.GPU_SECONDS_PER_DAY = 1
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def run() -> None:
        try:
            together.wait()
            with transaction.atomic():
                quota.require_room(job.project.owner_id, 600)
                call(job, "prepared", estimate_ms=600, frames=threading.get_ident() % 1000)
            outcomes.append("sent")
        except quota.QuotaExceeded:
            outcomes.append("refused")
        finally:
            connection.close()

    runs = [threading.Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert sorted(outcomes) == ["refused", "sent"]
