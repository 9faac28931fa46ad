"""Rows as the API and the socket show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from animations.models import Candidate, Frame, GpuCall, Job, Project
from animations.payloads import (
    GpuUse,
    candidate_payload,
    format_time,
    frames_with_candidates,
    job_list_payload,
    project_list_payload,
    project_payload,
    source_payload,
    sum_gpu_use,
)
from tests.conftest import MakeProject


def test_each_project_of_a_list_has_its_own_job_progress_and_cover(
    owner: User, new_project: MakeProject, django_assert_num_queries: Any
) -> None:
    first, second = new_project(owner, 2), new_project(owner, 3)
    Job.objects.create(project=first, kind="retry", frame=first.frames.first(), revision=2)
    latest = Job.objects.create(project=first, kind="generate", status="failed", revision=2)
    Frame.objects.filter(project=second, index=0).update(chosen=None, status="failed")
    Frame.objects.create(project=second, generation=0, index=0, delay_ms=80, revision=1)
    rows = list(Project.objects.for_payload().order_by("created_at"))
    with django_assert_num_queries(4):
        one, two = project_list_payload(rows)
    assert one["job"]
    assert (one["job"]["id"], one["job"]["gpu"]["calls"]) == (str(latest.pk), 0)
    assert two["job"]
    assert two["job"]["gpu"]["calls"] == 1
    assert two["progress"] == {"done": 2, "total": 3, "failed": 1}
    cover = second.frames.get(index=1, generation=1).chosen_id
    assert two["thumbnail_url"] == f"/media/candidates/{cover}/cutout.png"
    assert project_list_payload([]) == []


def test_a_project_without_frames_shows_its_picture(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner, frames=0)
    shown = project_payload(project)
    assert shown["thumbnail_url"] == shown["source"]["url"] == f"/media/sources/{project.source.pk}/picture"
    assert shown["progress"] == {"done": 0, "total": 0, "failed": 0}


def test_a_source_names_a_matte_only_when_there_is_one(project: Project) -> None:
    source = project.source
    assert source_payload(source)["cutout_url"] == f"/media/mattes/{source.matte_id}/cutout.png"
    source.matte = None
    assert (source_payload(source)["alpha_url"], source_payload(source)["cutout_url"]) == (None, None)


@pytest.mark.parametrize(("seam", "warns"), [(None, False), (2.0, False), (2.5, True)])
def test_a_candidate_that_stands_out_of_its_loop_has_a_warning(
    project: Project, seam: float | None, warns: bool
) -> None:
    candidate = Candidate.objects.filter(frame__project=project)[0]
    candidate.seam = seam
    shown = candidate_payload(candidate)
    assert bool(shown["warning"]) == warns
    assert "2.5" in shown["warning"] or not warns


def test_a_candidate_without_files_has_no_addresses(project: Project) -> None:
    shown = candidate_payload(Candidate(frame=project.frames.first(), ordinal=9))
    assert (shown["picture_url"], shown["alpha_url"], shown["cutout_url"], shown["parent"]) == (None,) * 4


def test_frames_come_in_order_with_their_candidates_in_order(
    project: Project, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        found = [
            (frame.index, [one.ordinal for one in frame.candidates.all()])
            for frame in frames_with_candidates(project)
        ]
    assert found == [(0, [0, 1]), (1, [0, 1]), (2, [0, 1])]


def test_the_use_of_several_calls_is_added_up(project: Project) -> None:
    job = project.jobs.get(kind="generate")
    GpuCall.objects.create(
        project=project, job=job, key="more", status="failed", frames=3, delay_ms=40, cost_usd="0.5",
        sent_at=timezone.now(),
    )  # fmt: skip
    GpuCall.objects.create(project=project, job=job, key="never sent", status="failed", frames=7)
    expected = GpuUse(calls=2, frames=4, delay_ms=40, execution_ms=900, cost_usd=0.5)
    assert sum_gpu_use(GpuCall.objects.all()) == expected
    assert job_list_payload([job])[0]["gpu"] == expected
    assert sum_gpu_use(GpuCall.objects.none()) == GpuUse(calls=0, frames=0, delay_ms=0, execution_ms=0, cost_usd=0)


def test_times_are_utc_and_end_in_z() -> None:
    assert format_time(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    assert format_time(None) is None
