"""Two jobs of one emoji that need the same of the GPU; and the GPU asked again for what it could not do before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from animations import jobs
from animations.actions.generate import generate
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.refine.frames import refine
from animations.actions.refine.tools import RefineTool
from animations.models import GpuCall, Job, Project
from animations.models.quota import usage_today
from tests.conftest import upload
from tests.ingest.sample_clips import animation, scenes
from tests.work.conftest import frame_of
from tests.work.fake_endpoint import FakeEndpoint

PATIENCE = 20.0


class PausedEndpoint:
    """The endpoint's jobs go on until `release` is set; `asked` is, once one has been asked about."""

    def __init__(self, endpoint: FakeEndpoint) -> None:
        self.release = threading.Event()
        self.asked = threading.Event()
        self._endpoint = endpoint
        self._state = endpoint.state
        endpoint.state = self.state  # type: ignore[method-assign]

    def state(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.set()
        if self._endpoint.cancelled:
            return {"status": "CANCELLED"}
        return self._state(body) if self.release.is_set() else {"status": "IN_PROGRESS"}


@contextmanager
def running(job: Job) -> Iterator[None]:
    """Run the job in a thread of its own; the block's end waits for it."""

    def run() -> None:
        try:
            jobs.run(str(job.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def two_refines(project: Project) -> tuple[Job, Job]:
    """Start refines of two drawn frames, by an engine that has not seen the source yet."""
    frames = [frame_of(project, index) for index in (0, 1)]
    first, second = [refine(frame, frame.chosen_id, RefineTool("matte", "birefnet")) for frame in frames]  # type: ignore[arg-type]
    return first, second


def wait_until(is_so: Callable[[], bool]) -> None:
    looked = threading.Event()
    for _ in range(200):
        if is_so():
            return
        looked.wait(PATIENCE / 200)
    raise AssertionError("it never came to that")


def both_wait() -> bool:
    call = GpuCall.objects.filter(task="birefnet", status="submitted").first()
    return call is not None and call.waiting.count() == 2


def outcome(job: Job) -> tuple[str, str]:
    job.refresh_from_db()
    return job.status, job.error


def test_two_jobs_that_need_one_matte_ask_for_it_once(drawn: Project, endpoint: FakeEndpoint) -> None:
    paused = PausedEndpoint(endpoint)
    first, second = two_refines(drawn)
    with running(first):
        assert paused.asked.wait(PATIENCE)
        with running(second):
            wait_until(both_wait)
            paused.release.set()
    assert outcome(first) == outcome(second) == ("succeeded", "")
    assert len(endpoint.runs) == 1
    assert list(GpuCall.objects.values_list("status", "job")) == [("succeeded", first.pk)]


@pytest.mark.parametrize("cancelled", [0, 1])
def test_cancelling_one_of_two_jobs_leaves_the_other_its_call(
    drawn: Project, endpoint: FakeEndpoint, cancelled: int
) -> None:
    paused = PausedEndpoint(endpoint)
    both = two_refines(drawn)
    with running(both[0]):
        assert paused.asked.wait(PATIENCE)
        with running(both[1]):
            wait_until(both_wait)
            cancel(Job.objects.get(pk=both[cancelled].pk))
            wait_until(lambda: GpuCall.objects.get().waiting.count() == 1)
            paused.release.set()
    assert outcome(both[1 - cancelled]) == ("succeeded", "")
    assert outcome(both[cancelled])[0] == "cancelled"
    assert (endpoint.cancelled, len(endpoint.runs)) == ([], 1)


def test_the_last_of_two_jobs_that_is_cancelled_calls_it_off_and_pays(drawn: Project, endpoint: FakeEndpoint) -> None:
    paused = PausedEndpoint(endpoint)
    both = two_refines(drawn)
    with running(both[0]):
        assert paused.asked.wait(PATIENCE)
        with running(both[1]):
            wait_until(both_wait)
            for job in both:
                cancel(Job.objects.get(pk=job.pk))
    assert set(endpoint.cancelled) == {"1"}  # both may find that they were the last
    call = GpuCall.objects.get()
    assert call.status == "cancelled"
    assert call.execution_ms
    assert call.cost_is_estimate
    assert usage_today(drawn.owner_id).spent_ms == min(call.execution_ms, call.estimate_ms) > 0


def test_the_call_of_an_emoji_that_is_deleted_meanwhile_is_called_off_and_counts(
    drawn: Project, endpoint: FakeEndpoint
) -> None:
    paused = PausedEndpoint(endpoint)
    owner = drawn.owner_id
    first, _ = two_refines(drawn)
    with running(first):
        assert paused.asked.wait(PATIENCE)
        drawn.delete()
    assert endpoint.cancelled == ["1"]
    call = GpuCall.objects.get()
    assert (call.status, call.user_id, call.job_id, call.project_id) == ("cancelled", owner, None, None)
    assert usage_today(owner).spent_ms == min(call.execution_ms or 0, call.estimate_ms)
    assert call.execution_ms


def test_a_source_that_could_not_be_matted_is_when_it_is_tried_again(
    make_project: Callable[..., Project], endpoint: FakeEndpoint
) -> None:
    project, well = make_project(matte="rembg"), endpoint.output
    endpoint.output = lambda body: {"results": [{"alpha": "////"}], "model": "m", "ms": 1}  # type: ignore[method-assign]
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    assert (project.status, len(endpoint.runs)) == ("failed", 2)
    endpoint.output = well  # type: ignore[method-assign]
    job = generate(project, GenerateOptions())
    jobs.run(str(job.pk))
    assert outcome(job) == ("succeeded", "")
    assert len(endpoint.runs) == 3


def test_a_clips_frame_that_failed_can_be_had_of_the_same_engine_later(
    transactional_db: None, owner: Any, endpoint: FakeEndpoint
) -> None:
    seen: list[bytes] = []
    well = endpoint._result

    def fail_twice(picture: bytes) -> dict[str, Any]:
        seen.append(picture)
        if picture == seen[0] and seen.count(picture) <= 2:
            return {"error": {"code": "internal", "message": "the model failed on this frame"}}
        return well(picture)

    endpoint._result = fail_twice  # type: ignore[method-assign]
    project = create_project(
        owner, upload(animation(scenes(4), "GIF", 80), "walk.gif"), GenerateOptions(matte="rembg", size=64)
    )
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    assert project.status == "partial"
    sent = len(endpoint.runs)
    frame = next(frame for frame in project.current_frames() if frame.status == "failed")
    job = refine(frame, frame.candidates.get().pk, RefineTool("matte", "rembg"))
    jobs.run(str(job.pk))
    assert outcome(job) == ("succeeded", "")
    assert [len(run["images"]) for run in endpoint.runs[sent:]] == [1]
