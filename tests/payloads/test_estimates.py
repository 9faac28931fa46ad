from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone

from animations.models import EndpointState, GpuTiming, Job, Project, Source
from animations.payloads import job_payload, matte_estimates


def learn(task: str, per_frame_ms: float, per_call_ms: float = 0.0, samples: float = 1.0, size: str = "256") -> None:
    GpuTiming.objects.create(
        endpoint=settings.RUNPOD_ENDPOINT_ID,
        task=task,
        size_class=size,
        per_frame_ms=per_frame_ms,
        per_call_ms=per_call_ms,
        samples=samples,
        updated_at=timezone.now(),
    )


def start(project: Project, **columns: object) -> Job:
    Project.objects.filter(pk=project.pk).update(**columns)
    job = Job.objects.filter(project=project, kind="generate").latest("created_at")
    Job.objects.filter(pk=job.pk).update(status="running", total=60, started_at=timezone.now())
    job.refresh_from_db()
    return job


@pytest.fixture
def workers(db: None) -> EndpointState:
    return EndpointState.objects.create(endpoint=settings.RUNPOD_ENDPOINT_ID, workers={"idle": 1, "running": 1})


def test_the_workers_that_are_awake_share_the_frames_of_a_clip(project: Project, workers: EndpointState) -> None:
    learn("rembg", 6000, 400)
    Source.objects.filter(project=project).update(background="other")
    job = start(project, generator="clip", matte="auto", size=256)
    assert job_payload(job)["estimate_ms"] == 400 + 60 * 3000 + 60 * 80


def test_a_worker_that_sleeps_has_to_wake_first(db: None) -> None:
    learn("rembg", 90, 100)
    learn("cold_start", 0, 8000, size="")
    assert matte_estimates()["auto"] == matte_estimates()["rembg"] == {"once_ms": 8100, "frame_ms": 90}


def test_the_times_of_the_size_that_most_calls_had_count(db: None) -> None:
    learn("birefnet", 900, samples=2)
    learn("birefnet", 160, samples=7, size="1024")
    assert matte_estimates()["birefnet"]["frame_ms"] == 160


def test_an_engine_that_has_never_run_has_no_estimate_and_white_needs_no_gpu(project: Project) -> None:
    assert matte_estimates().keys() == {"white", "none"}
    assert job_payload(start(project, generator="clip", matte="rembg"))["estimate_ms"] is None


def test_a_picture_is_matted_once_and_drawn_often(project: Project, workers: EndpointState) -> None:
    learn("rembg", 2000, 400)
    Source.objects.filter(project=project).update(background="other", matte=None)
    assert job_payload(start(project, matte="auto", size=512))["estimate_ms"] == 400 + 1000 + 60 * 80 * 4


def test_a_job_that_has_ended_has_no_estimate(project: Project) -> None:
    assert job_payload(Job.objects.get(project=project, kind="generate"))["estimate_ms"] is None
