"""A job waits for a GPU endpoint that is away, loses nothing, and buys nothing twice."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from animations import jobs
from animations.actions.generate import generate
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.refine.source import refine_source
from animations.actions.refine.tools import RefineTool
from animations.actions.retry import retry
from animations.models import EndpointState, GpuCall, Job, Project
from animations.payloads import job_payload
from animations.work.lease import MAX_ATTEMPTS
from animations.work.reconcile import dispatch, reconcile
from gpu.batch.in_flight import InFlightCall
from gpu.runpod.policy import CallPolicy
from tests.work.conftest import frame_of
from tests.work.outages import KEY, FragileEndpoint, outage

FRAMES = 60
QUICK = CallPolicy(read_timeout=1.0, max_retry_time=1.5, unknown_wait=2.0, uncertain_wait=2.0)


@pytest.fixture
def fragile(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FragileEndpoint]:
    """Serve the local endpoint to a client that waits for seconds where it would wait for minutes."""
    monkeypatch.setattr("gpu.runpod.endpoint.CallPolicy", lambda: QUICK)
    # On a busy machine a call may count as late, and its frames are bought twice on purpose: see the tests of hedges.
    monkeypatch.setattr(InFlightCall, "can_be_hedged", False)
    endpoint = FragileEndpoint()
    settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY = endpoint.url, KEY
    try:
        yield endpoint
    finally:
        endpoint.stop()


@pytest.fixture
def away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody listen where the endpoint should be."""
    monkeypatch.setattr("gpu.runpod.endpoint.CallPolicy", lambda: CallPolicy(max_tries=1))
    settings.RUNPOD_BASE_URL = "http://127.0.0.1:9/v2"


def clip() -> bytes:
    """Draw frames of one grey each: the endpoint's alphas are as grey."""
    first, *others = [Image.new("RGB", (64, 48), (130 + 2 * index,) * 3) for index in range(FRAMES)]
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=80, loop=0)
    return file.getvalue()


@pytest.fixture
def project(transactional_db: None, owner: Any) -> Project:
    options = GenerateOptions(size=64, matte="rembg", framing="whole", frame_count=FRAMES)
    return create_project(owner, SimpleUploadedFile("clip.gif", clip()), options)


def run_once(job: Job) -> Job:
    """Run a job once as its time had come, the endpoint's too."""
    EndpointState.objects.update(breaker={})
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def run_to_its_end(job: Job, seconds: float = 60.0) -> int:
    """Run a job until it is over; return how often it waited."""
    waits, end = 0, time.monotonic() + seconds
    while run_once(job).is_live:
        assert time.monotonic() < end, "the job did not end"
        assert (job.status, job.lease_until) == ("queued", None)
        assert job_payload(job)["waiting_since"] is not None
        waits += 1
        time.sleep(0.3)
    return waits


def unanswered_frames() -> int:
    """Count the frames of sends whose fate nobody knows, by the ledger: lost by the endpoint, or never answered."""
    return GpuCall.objects.filter(cost_is_estimate=True).aggregate(frames=Sum("frames"))["frames"] or 0


def assert_all_ready_and_paid_once(project: Project, endpoint: FragileEndpoint) -> None:
    project.refresh_from_db()
    assert project.status == "ready"
    assert set(project.current_frames().values_list("status", flat=True)) == {"ready"}
    assert GpuCall.objects.filter(status="succeeded").aggregate(frames=Sum("frames"))["frames"] == FRAMES
    assert FRAMES <= endpoint.executed_frames() <= FRAMES + unanswered_frames()


def test_a_clip_whose_endpoint_is_killed_and_restarted_loses_no_frame(
    project: Project, fragile: FragileEndpoint
) -> None:
    with outage(fragile, fragile.kill, fragile.start, 3.0):
        waits = run_to_its_end(project.jobs.get())
    assert waits
    assert_all_ready_and_paid_once(project, fragile)


def test_a_clip_whose_endpoint_is_killed_again_and_again_loses_no_frame(
    project: Project, fragile: FragileEndpoint
) -> None:
    job = project.jobs.get()
    for _ in range(3):
        with outage(fragile, fragile.kill, fragile.start, 2.0):
            run_once(job)
        assert job.is_live
    run_to_its_end(job)
    assert_all_ready_and_paid_once(project, fragile)


def test_a_clip_whose_endpoint_hangs_loses_no_frame(project: Project, fragile: FragileEndpoint) -> None:
    with outage(fragile, fragile.hang, fragile.resume, 6.0):
        waits = run_to_its_end(project.jobs.get())
    assert waits
    assert_all_ready_and_paid_once(project, fragile)


@pytest.mark.parametrize("fault", ["bad_gateway", "rate_limited"])
def test_a_clip_whose_endpoint_refuses_for_a_while_loses_no_frame(
    project: Project, fragile: FragileEndpoint, fault: str
) -> None:
    def refuse() -> None:
        operations = ("run", "status", "health")
        fragile.set_faults(*({"fault": fault, "operation": each, "times": None} for each in operations))

    with outage(fragile, refuse, fragile.set_faults, 5.0):
        waits = run_to_its_end(project.jobs.get())
    assert waits
    assert_all_ready_and_paid_once(project, fragile)


def test_a_job_that_waited_for_too_long_fails_and_the_next_one_takes_up_what_was_made(
    project: Project, fragile: FragileEndpoint, settings: Settings
) -> None:
    settings.GPU_PATIENCE_SECONDS = 2
    job = project.jobs.get()
    with outage(fragile, fragile.kill, lambda: None, 0.0):
        run_once(job)
    assert job.is_live
    ready = project.current_frames().filter(status="ready").count()
    assert 0 < ready < FRAMES
    time.sleep(2)
    assert run_once(job).status == "failed"
    assert "Try again later" in job.error
    assert project.current_frames().filter(status="ready").count() == ready
    fragile.start()
    run_to_its_end(generate(project, GenerateOptions()))
    assert_all_ready_and_paid_once(project, fragile)


def test_a_job_that_waits_can_be_cancelled_at_once_and_is_not_queued_again(project: Project, away: None) -> None:
    job = run_once(project.jobs.get())
    cancel(job)
    assert (job.status, job.waiting_since) == ("cancelled", None)
    Job.objects.update(not_before=None)
    assert dispatch() == 0
    project.refresh_from_db()
    assert project.status == "cancelled"


def test_a_job_that_waits_is_queued_when_its_time_has_come_however_often(project: Project, away: None) -> None:
    job = project.jobs.get()
    Job.objects.update(attempts=MAX_ATTEMPTS - 1)
    for _ in range(3):
        run_once(job)
    assert (job.status, job.attempts) == ("queued", MAX_ATTEMPTS - 1)
    assert job.not_before is not None
    assert dispatch() == 0
    Job.objects.update(not_before=timezone.now())
    assert dispatch() == 1


def test_a_job_never_waits_beyond_its_patience(project: Project, away: None, settings: Settings) -> None:
    settings.GPU_PATIENCE_SECONDS = 3
    job = run_once(project.jobs.get())
    assert job.waiting_since is not None
    assert job.not_before == job.waiting_since + timedelta(seconds=3)


def test_a_clock_set_back_keeps_no_job_waiting(project: Project, away: None) -> None:
    job = run_once(project.jobs.get())
    ahead = timezone.now() + timedelta(hours=1)
    Job.objects.update(waiting_since=ahead, not_before=ahead)
    reconcile()
    job.refresh_from_db()
    assert job.waiting_since is not None
    assert job.not_before is not None
    assert max(job.waiting_since, job.not_before) <= timezone.now()


def test_without_patience_a_job_fails_at_once(project: Project, away: None, settings: Settings) -> None:
    settings.GPU_PATIENCE_SECONDS = 0
    job = run_once(project.jobs.get())
    assert job.status == "failed"
    assert job.error.startswith("The GPU endpoint could not be reached")


@pytest.mark.parametrize("kind", ["generate", "retry", "refine"])
def test_every_kind_of_job_waits(make_project: Callable[..., Project], away: None, kind: str) -> None:
    project = make_project(matte="rembg" if kind == "generate" else "none")
    job = project.jobs.get()
    if kind != "generate":
        run_once(job)
        project.refresh_from_db()
        Project.objects.update(matte="rembg")
        tool = RefineTool("matte", engine="rembg")
        job = retry(frame_of(project, 0), "higher") if kind == "retry" else refine_source(project, tool)
    assert run_once(job).status == "queued"
    assert job.waiting_since is not None
