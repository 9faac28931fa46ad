from __future__ import annotations

import pytest

from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import cancel
from animations.actions.refine import refine
from animations.models import Candidate, Frame, Project


@pytest.fixture
def frame(project: Project) -> Frame:
    return project.current_frames().get(index=1)


def test_a_refine_is_a_job_and_a_new_candidate_with_its_parent(frame: Frame) -> None:
    assert frame.chosen_id
    job = refine(frame, frame.chosen_id, "matte", "sam")
    made = Candidate.objects.get(job=job)
    frame.refresh_from_db()
    assert (job.kind, job.frame, job.total, job.queue) == ("refine", frame, 1, "interactive")
    assert (made.parent_id, made.engine, made.origin, made.ordinal) == (frame.chosen_id, "sam", "refined", 2)
    assert frame.status == "working"
    assert refine(frame, frame.chosen_id, "matte", "sam") == job
    with pytest.raises(Busy):
        refine(frame, frame.chosen_id, "matte", "none")


def test_a_frame_without_a_picture_is_refined_from_its_latest_candidate(project: Project, frame: Frame) -> None:
    assert frame.chosen_id
    other = project.current_frames().get(index=0)
    other.candidates.update(status="failed")
    Frame.objects.filter(pk=other.pk).update(chosen=None, status="failed")
    job = refine(frame, frame.chosen_id, "matte", "none", [0])
    made = Candidate.objects.get(job=job)
    assert (made.frame, made.parent) == (other, other.candidates.get(ordinal=1))


@pytest.mark.parametrize(("tool", "engine", "attr"), [("points", "sam", "tool"), ("matte", "magic", "engine")])
def test_what_there_is_not_is_refused(frame: Frame, tool: str, engine: str, attr: str) -> None:
    assert frame.chosen_id
    with pytest.raises(ActionError) as caught:
        refine(frame, frame.chosen_id, tool, engine)
    assert caught.value.attr == attr


def test_nothing_to_refine_is_said(project: Project, frame: Frame) -> None:
    assert frame.chosen_id
    other = project.current_frames().get(index=0)
    Frame.objects.filter(pk=other.pk).update(chosen=None)
    other.candidates.all().delete()
    with pytest.raises(ActionError) as caught:
        refine(frame, frame.chosen_id, "matte", "none", [0])
    assert (caught.value.code, caught.value.attr) == ("not_ready", "apply_to")


def test_a_cancelled_refine_leaves_the_frames_of_other_jobs_at_work(project: Project) -> None:
    first, second = project.current_frames()[:2]
    assert first.chosen_id
    assert second.chosen_id
    mine = refine(first, first.chosen_id, "matte", "none")
    refine(second, second.chosen_id, "matte", "none")
    cancel(mine)
    statuses = project.current_frames().order_by("index").values_list("status", flat=True)[:2]
    assert list(statuses) == ["ready", "working"]
