from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from animations.actions.quota import QuotaExceeded, check_quota, usage_payload
from animations.models import GpuCall, Project


def test_usage_is_of_today_and_of_this_person(project: Project) -> None:
    usage = usage_payload(project.owner)
    assert (usage["calls"], usage["spent_seconds"], usage["reserved_seconds"]) == (1, 0.9, 0.0)
    assert usage["day"] == datetime.now(UTC).date().isoformat()


def test_a_person_whose_quota_is_used_up_learns_when_it_starts_anew(project: Project, settings: Settings) -> None:
    check_quota(project.owner)
    settings.GPU_SECONDS_PER_DAY = 0.9
    with pytest.raises(QuotaExceeded, match="starts anew at 00:00 UTC") as refusal:
        check_quota(project.owner)
    assert (refusal.value.code, refusal.value.status) == ("limit_reached", 429)
    assert 1 <= refusal.value.wait <= 86_400


def test_reserved_time_counts_and_failed_calls_do_not(project: Project, settings: Settings) -> None:
    settings.GPU_SECONDS_PER_DAY = 2
    job = project.jobs.get(kind="generate")
    values = {"user": project.owner, "job": job, "task": "rembg", "estimate_ms": 2000}
    live = GpuCall.objects.create(key="k", status="sending", **values)
    check_quota(project.owner)
    job.__class__.objects.update(status="running")
    with pytest.raises(QuotaExceeded):
        check_quota(project.owner)
    GpuCall.objects.filter(pk=live.pk).update(status="failed", execution_ms=9000)
    check_quota(project.owner)
