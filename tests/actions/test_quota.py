from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from animations.actions import quota
from animations.actions.errors import ActionError
from animations.actions.export import export
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.quota import QuotaExceeded, check_gpu_time, usage_payload
from animations.actions.retry import retry
from animations.models import GpuCall, Project
from tests.conftest import MakeProject, upload


def test_usage_is_of_today_and_of_this_person(project: Project) -> None:
    usage = usage_payload(project.owner)
    assert (usage["calls"], usage["spent_seconds"], usage["reserved_seconds"]) == (1, 0.9, 0.0)
    assert usage["day"] == datetime.now(UTC).date().isoformat()


def test_a_person_whose_quota_is_used_up_learns_when_it_starts_anew(project: Project, settings: Settings) -> None:
    check_gpu_time(project.owner)
    settings.GPU_SECONDS_PER_DAY = 0.9
    with pytest.raises(QuotaExceeded, match="starts anew at 00:00 UTC") as refusal:
        check_gpu_time(project.owner)
    assert (refusal.value.code, refusal.value.status) == ("limit_reached", 429)
    assert 1 <= refusal.value.wait <= 86_400


def test_reserved_time_counts_and_failed_calls_do_not(project: Project, settings: Settings) -> None:
    settings.GPU_SECONDS_PER_DAY = 2
    job = project.jobs.get(kind="generate")
    values = {"user": project.owner, "job": job, "task": "rembg", "estimate_ms": 2000}
    live = GpuCall.objects.create(key="k", status="sending", **values)
    check_gpu_time(project.owner)
    job.__class__.objects.update(status="running")
    with pytest.raises(QuotaExceeded):
        check_gpu_time(project.owner)
    GpuCall.objects.filter(pk=live.pk).update(status="failed", execution_ms=9000)
    check_gpu_time(project.owner)


def test_a_person_with_too_many_live_jobs_is_told_to_wait_and_others_are_not(
    project: Project, stranger: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_LIVE_JOBS", 2)
    generate(new_project(project.owner), GenerateOptions())
    export(project, ["slack"])
    requests: list[Callable[[], object]] = [
        lambda: export(project, ["gif"]),
        lambda: retry(project.frames.get(index=1), "wobble"),
        lambda: create_project(project.owner, upload(), GenerateOptions(prompt="bounce")),
    ]
    for request in requests:
        with pytest.raises(ActionError, match="2 jobs of yours are under way") as refused:
            request()
        assert (refused.value.code, refused.value.status, refused.value.wait) == ("too_many_jobs", 429, 10)
    assert export(project, ["slack"])[0].job == project.jobs.get(kind="export", status="queued")
    assert len(export(new_project(stranger), ["gif"])) == 1
