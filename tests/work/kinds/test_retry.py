from __future__ import annotations

from collections.abc import Callable

import pytest

from animations import jobs
from animations.actions.retry import retry as ask_for_retry
from animations.models import Candidate, Frame, Project
from animations.work.kinds.retry import NO_DIFFERENCE, retry
from animations.work.lease import claim


def test_a_retry_adds_a_candidate_beside_the_chosen_one_and_changes_only_its_frame(ready: Project) -> None:
    frame = Frame.objects.get(index=3)
    old, others = frame.chosen, list(Candidate.objects.exclude(frame=frame).values())
    job = ask_for_retry(frame, "jump higher", 1)
    retry(claim(str(job.pk)))
    frame.refresh_from_db()
    job.refresh_from_db()
    made = job.candidates.get()
    assert (frame.status, job.status, job.done) == ("ready", "succeeded", 1)
    assert frame.chosen == old is not None
    assert (made.status, made.parent, made.origin, made.prompt) == ("ready", old, "retried", "jump higher")
    assert made.cutout.name != old.cutout.name
    assert made.seam is not None
    assert made.seam > 0
    assert list(Candidate.objects.exclude(frame=frame).values()) == others


def test_a_frame_without_a_picture_takes_the_first_that_a_retry_makes(ready: Project) -> None:
    Frame.objects.filter(index=3).update(chosen=None, status="failed")
    job = ask_for_retry(Frame.objects.get(index=3), "jump higher", 2)
    retry(claim(str(job.pk)))
    frame = Frame.objects.get(index=3)
    assert (frame.status, frame.chosen) == ("ready", job.candidates.order_by("ordinal").first())


@pytest.mark.parametrize(("others", "then"), [("ready", "ready"), ("failed", "partial")])
def test_a_project_takes_its_status_from_its_frames_after_a_retry(others: str, then: str, ready: Project) -> None:
    Project.objects.update(status="partial" if others == "ready" else "failed")
    Frame.objects.update(status=others)
    Frame.objects.filter(index=3).update(chosen=None, status="failed")
    jobs.run(str(ask_for_retry(Frame.objects.get(index=3), "jump higher", 1).pk))
    ready.refresh_from_db()
    assert ready.status == then


def test_a_picture_that_looks_as_before_fails_and_says_so(make_project: Callable[..., Project]) -> None:
    project = make_project(prompt="spin")
    jobs.run(str(project.jobs.get().pk))
    frame = Frame.objects.get(index=3)
    old = frame.chosen
    job = ask_for_retry(frame, "bigger", 1)  # a whole turn is no bigger than a whole turn
    jobs.run(str(job.pk))
    job.refresh_from_db()
    frame.refresh_from_db()
    made = job.candidates.get()
    assert (job.status, job.done, made.status, made.cutout.name) == ("failed", 1, "failed", "")
    assert job.error == made.error == NO_DIFFERENCE.format("bigger")
    assert (frame.status, frame.chosen) == ("ready", old)


def test_a_candidate_that_looks_as_before_does_not_fail_the_job(make_project: Callable[..., Project]) -> None:
    project = make_project(prompt="spin")
    jobs.run(str(project.jobs.get().pk))
    job = ask_for_retry(Frame.objects.get(index=2), "bigger", 2)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert [made.status for made in job.candidates.order_by("ordinal")] == ["failed", "ready"]
    assert (job.status, job.error, job.done) == ("succeeded", "", 2)
