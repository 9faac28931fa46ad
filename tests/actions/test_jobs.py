from __future__ import annotations

import pytest

from animations.actions.errors import ActionError
from animations.actions.export import export
from animations.actions.generate import generate
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.retry import retry
from animations.models import Candidate, Job, Project


def test_a_cancelled_take_keeps_what_is_finished_and_closes_what_is_not(project: Project) -> None:
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


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_a_job_that_is_over_cannot_be_cancelled(project: Project, status: str) -> None:
    Job.objects.filter(kind="generate").update(status=status)
    with pytest.raises(ActionError) as refused:
        cancel(Job.objects.get(kind="generate"))
    assert (refused.value.code, refused.value.status) == ("over", 409)
    assert Job.objects.get(kind="generate").status == status
