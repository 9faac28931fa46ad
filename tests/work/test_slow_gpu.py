"""A GPU that works slowly, or not for a while: what waits in its queue is neither lost nor bought twice."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from animations import jobs
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.models import EndpointState, GpuCall, Job, Project
from gpu.batch.in_flight import InFlightCall
from tests.work.outages import KEY, FragileEndpoint

FRAMES: Final = 12
DEADLINE_S: Final = 4.0
"""Shorter than all packs take one after another, and longer than one."""
SLOW: Final = {"FAKE_WORKER_FRAME_MS": "450", "FAKE_WORKER_CALL_MS": "100"}


@pytest.fixture(autouse=True)
def impatience(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send all packs at once, as for more workers than there are, and wait for seconds instead of minutes."""
    monkeypatch.setattr("animations.work.gpu.matting.DEADLINE_SECONDS", DEADLINE_S)
    monkeypatch.setattr(InFlightCall, "can_be_hedged", False)
    settings.GPU_MAX_WORKERS, settings.LOCAL_GPU_KEY = 4, KEY


@pytest.fixture
def slow(settings: Settings) -> Iterator[FragileEndpoint]:
    """Serve an endpoint that has one slow worker."""
    yield from serve(settings, FragileEndpoint(workers=1, cost=SLOW))


@pytest.fixture
def full(settings: Settings) -> Iterator[FragileEndpoint]:
    """Serve an endpoint that has no hardware for its one worker until `throttle(0)`."""
    yield from serve(settings, FragileEndpoint(options=("--max-workers=1", "--throttled=1")))


def serve(settings: Settings, endpoint: FragileEndpoint) -> Iterator[FragileEndpoint]:
    settings.RUNPOD_BASE_URL = endpoint.url
    try:
        yield endpoint
    finally:
        endpoint.stop()


def make_clip(owner: Any, frames: int = FRAMES) -> Project:
    first, *others = [Image.new("RGB", (64, 48), (130 + 5 * index,) * 3) for index in range(frames)]
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=80, loop=0)
    options = GenerateOptions(size=64, matte="rembg", framing="whole")
    return create_project(owner, SimpleUploadedFile("clip.gif", file.getvalue()), options)


@pytest.fixture
def project(transactional_db: None, owner: Any) -> Project:
    return make_clip(owner)


def run_once(job: Job) -> Job:
    """Run a job once as if its time had come, the endpoint's too."""
    EndpointState.objects.update(breaker={})
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def assert_all_made_and_bought_once(project: Project, endpoint: FragileEndpoint) -> None:
    project.refresh_from_db()
    assert project.status == "ready"
    assert set(GpuCall.objects.values_list("status", "attempt")) == {("succeeded", 1)}
    assert endpoint.executed_frames() == FRAMES


def test_packs_that_wait_for_a_slow_worker_longer_than_a_call_may_run_are_all_made(
    project: Project, slow: FragileEndpoint
) -> None:
    assert run_once(project.jobs.get()).status == "succeeded"
    assert_all_made_and_bought_once(project, slow)
    assert GpuCall.objects.filter(delay_ms__gt=1000 * DEADLINE_S).exists()


def test_a_job_whose_calls_nobody_starts_gives_its_lease_back_and_takes_them_up_again(
    project: Project, full: FragileEndpoint
) -> None:
    began, job = timezone.now(), run_once(project.jobs.get())
    assert (job.status, job.lease_until, job.attempts) == ("queued", None, 0)
    assert job.not_before is not None
    assert job.waiting_since is not None
    assert 0 <= (job.waiting_since - began).total_seconds() < DEADLINE_S  # since then nothing was seen to be done
    assert set(GpuCall.objects.values_list("status", flat=True)) == {"submitted"}
    full.throttle(0)
    end = time.monotonic() + 30
    while run_once(job).is_live:
        assert time.monotonic() < end
    assert_all_made_and_bought_once(project, full)


def test_a_job_whose_calls_nobody_starts_for_its_patience_fails_in_words(
    project: Project, full: FragileEndpoint, settings: Settings
) -> None:
    settings.GPU_PATIENCE_SECONDS = 6
    assert run_once(project.jobs.get()).is_live
    job = run_once(project.jobs.get())
    assert job.status == "failed"
    assert job.error.startswith("The GPU endpoint starts no work, and this lasted for too long.")


def test_a_wrong_key_is_no_outage_and_the_right_one_helps_at_once(
    project: Project, slow: FragileEndpoint, settings: Settings, owner: Any
) -> None:
    settings.LOCAL_GPU_KEY = "wrong"
    for each in (project, make_clip(owner, 5)):
        job = each.jobs.get()
        jobs.run(str(job.pk))  # the first one opens the breaker
        job.refresh_from_db()
        assert job.status == "failed"
        assert job.error.startswith("The GPU endpoint refuses this server's key.")
    settings.LOCAL_GPU_KEY = KEY
    job = make_clip(owner, 6).jobs.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.status == "succeeded"
