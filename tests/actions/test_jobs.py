from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from animations.actions import quota
from animations.actions.errors import ActionError, Busy
from animations.actions.export import export
from animations.actions.generate import generate
from animations.actions.jobs import cancel, live_job, live_or_busy, start_once
from animations.actions.plan.options import GenerateOptions
from animations.actions.retry import retry
from animations.models import Candidate, Job, Project
from tests.conftest import MakeProject
from tests.threads import at_once


def test_a_cancelled_generate_keeps_finished_frames_and_fails_the_others(project: Project) -> None:
    job = generate(project, GenerateOptions())
    first = project.current_frames().get(index=0)
    done = first.candidates.get(ordinal=0)
    Candidate.objects.filter(pk=done.pk).update(status="ready")
    first.finish(2, done)
    cancelled = cancel(job)
    project.refresh_from_db()
    assert (cancelled.status, project.status) == ("cancelled", "cancelled")
    assert cancelled.finished_at is not None
    assert [frame.status for frame in project.current_frames()] == ["ready", "failed", "failed"]
    assert set(job.candidates.exclude(pk=done.pk).values_list("status", flat=True)) == {"failed"}
    assert Candidate.objects.get(pk=done.pk).status == "ready"


def test_a_cancelled_retry_leaves_the_frame_as_it_was(project: Project) -> None:
    frame = project.frames.get(index=1)
    chosen = frame.chosen
    cancel(retry(frame, "wobble"))
    frame.refresh_from_db()
    project.refresh_from_db()
    assert (frame.status, frame.chosen, project.status) == ("ready", chosen, "ready")


def test_a_cancelled_export_is_cancelled_for_each_platform(project: Project) -> None:
    rows = export(project, ["slack", "gif"])
    cancel(rows[0].job)
    assert set(project.exports.filter(job=rows[0].job).values_list("status", flat=True)) == {"cancelled"}


def test_cancelling_twice_is_harmless(project: Project) -> None:
    job = generate(project, GenerateOptions())
    first = cancel(job).finished_at
    again = cancel(Job.objects.get(pk=job.pk))
    assert (again.status, again.finished_at) == ("cancelled", first)


@pytest.mark.django_db(transaction=True)
def test_requests_that_come_at_once_do_not_all_find_room_for_one_job_more(
    owner: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_LIVE_JOBS", 2)
    projects = [new_project(owner, frames=1, candidates=1) for _ in range(8)]
    refused = at_once(lambda project: export(project, ["gif"]), projects)
    assert Job.objects.live().count() == 2
    assert [error.code for error in refused] == ["too_many_jobs"] * 6


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_a_job_that_is_over_cannot_be_cancelled(project: Project, status: str) -> None:
    Job.objects.filter(kind="generate").update(status=status)
    with pytest.raises(ActionError) as refused:
        cancel(Job.objects.get(kind="generate"))
    assert (refused.value.code, refused.value.status) == ("over", 409)
    assert Job.objects.get(kind="generate").status == status


def test_a_live_job_is_found_by_the_frames_that_it_works_on(project: Project) -> None:
    first, second, third = project.current_frames()
    job = Job.objects.create(project=project, kind="refine", frame=first, revision=2)
    Candidate.objects.create(frame=second, job=job, ordinal=9)
    assert live_job(project.pk, [first]) == live_job(project.pk, [third, second]) == job
    assert live_job(project.pk, [third]) is None
    everything = Job.objects.create(project=project, kind="generate", revision=2)
    assert live_job(project.pk, [third]) == everything
    Job.objects.update(status="succeeded")
    assert live_job(project.pk, [first, second, third]) is None


def test_a_request_that_the_database_refuses_is_tried_once_more(project: Project) -> None:
    live = project.jobs.get(kind="generate")
    revisions = []

    def start(revision: int) -> Job:
        revisions.append(revision)
        if len(revisions) == 1:
            raise IntegrityError
        return live

    assert start_once(project, start) == live
    assert revisions == [2, 2], "nothing of the first attempt is left"


def test_a_request_that_the_database_refuses_twice_fails(project: Project) -> None:
    def start(revision: int) -> Job:
        raise IntegrityError

    with pytest.raises(IntegrityError):
        start_once(project, start)


def test_an_equal_request_gets_the_live_job_and_another_is_told_that_its_target_is_busy(project: Project) -> None:
    live = project.jobs.get(kind="generate")
    assert live_or_busy(live, "frame", is_equal=True) == live
    with pytest.raises(Busy, match="This frame is being worked on") as refused:
        live_or_busy(live, "frame", is_equal=False)
    assert (refused.value.code, refused.value.status, refused.value.attr) == ("busy", 409, None)
