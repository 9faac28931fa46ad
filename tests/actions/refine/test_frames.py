from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import cancel
from animations.actions.refine.frames import refine
from animations.actions.refine.tools import RefineTool
from animations.models import Candidate, Frame, Project
from animations.models.transitions import IllegalTransition, revise
from tests.conftest import MakeProject


@pytest.fixture
def frame(project: Project) -> Frame:
    return project.current_frames().get(index=1)


def test_a_refine_is_a_job_and_a_new_candidate_with_its_parent(frame: Frame) -> None:
    assert frame.chosen_id
    job = refine(frame, frame.chosen_id, RefineTool("matte", "sam"))
    made = Candidate.objects.get(job=job)
    frame.refresh_from_db()
    assert (job.kind, job.frame, job.total, job.queue) == ("refine", frame, 1, "interactive")
    assert (made.parent_id, made.engine, made.origin, made.ordinal) == (frame.chosen_id, "sam", "refined", 2)
    assert frame.status == "working"
    assert refine(frame, frame.chosen_id, RefineTool("matte", "sam")) == job
    with pytest.raises(Busy):
        refine(frame, frame.chosen_id, RefineTool("matte", "none"))


def test_a_frame_without_a_picture_is_refined_from_its_latest_candidate(project: Project, frame: Frame) -> None:
    assert frame.chosen_id
    other = project.current_frames().get(index=0)
    other.candidates.update(status="failed")
    Frame.objects.filter(pk=other.pk).update(chosen=None, status="failed")
    job = refine(frame, frame.chosen_id, RefineTool("matte", "none"), [0])
    made = Candidate.objects.get(job=job)
    assert (made.frame, made.parent) == (other, other.candidates.get(ordinal=1))


@pytest.mark.parametrize(
    ("tool", "engine", "attr"), [("inpaint", "sam", "tool"), ("matte", "magic", "engine"), ("pocket", "", "x")]
)
def test_a_tool_or_option_that_does_not_exist_is_refused(frame: Frame, tool: str, engine: str, attr: str) -> None:
    assert frame.chosen_id
    with pytest.raises(ActionError) as caught:
        refine(frame, frame.chosen_id, RefineTool(tool, engine))
    assert caught.value.attr == attr


def test_a_frame_with_nothing_to_refine_is_refused(project: Project, frame: Frame) -> None:
    assert frame.chosen_id
    other = project.current_frames().get(index=0)
    Frame.objects.filter(pk=other.pk).update(chosen=None)
    other.candidates.all().delete()
    with pytest.raises(ActionError) as caught:
        refine(frame, frame.chosen_id, RefineTool("matte", "none"), [0])
    assert (caught.value.code, caught.value.attr) == ("not_ready", "apply_to")


def test_a_cancelled_refine_leaves_the_frames_of_other_jobs_at_work(project: Project) -> None:
    first, second = project.current_frames()[:2]
    assert first.chosen_id
    assert second.chosen_id
    mine = refine(first, first.chosen_id, RefineTool("matte", "none"))
    refine(second, second.chosen_id, RefineTool("matte", "none"))
    cancel(mine)
    statuses = project.current_frames().order_by("index").values_list("status", flat=True)[:2]
    assert list(statuses) == ["ready", "working"]


def queries_to_refine_all_of(project: Project) -> int:
    """Count the queries; every third frame has nothing chosen, so that its latest candidate is refined."""
    frames = project.current_frames()
    frames.filter(index__in=range(1, frames.count(), 3)).update(chosen=None, status="failed")
    frame = frames.get(index=0)
    assert frame.chosen_id
    with CaptureQueriesContext(connection) as seen:
        job = refine(frame, frame.chosen_id, RefineTool("matte", "none"), "all")
    made = Candidate.objects.filter(job=job).select_related("parent", "frame__chosen")
    assert len(made) == frames.count()
    assert {one.ordinal for one in made} == {2}
    for one in made:
        assert one.parent == (one.frame.chosen or one.frame.candidates.get(ordinal=1))
        assert (one.frame.status, one.frame.revision) == ("working", job.revision)
    return len(seen)


def test_thirty_frames_are_refined_in_as_many_queries_as_three(owner: User, new_project: MakeProject) -> None:
    few, many = (queries_to_refine_all_of(new_project(owner, frames)) for frames in (3, 30))
    assert few == many <= 22


def test_each_frame_counts_on_from_its_own_candidates(project: Project, frame: Frame) -> None:
    assert frame.chosen_id
    Candidate.objects.create(frame=frame, ordinal=7)
    project.current_frames().get(index=2).candidates.exclude(ordinal=0).delete()
    job = refine(frame, frame.chosen_id, RefineTool("matte", "none"), "all")
    made = Candidate.objects.filter(job=job).order_by("frame__index")
    assert [one.ordinal for one in made] == [2, 8, 1]


def test_frames_start_together_or_not_at_all(project: Project) -> None:
    frames = list(project.current_frames())
    Frame.objects.filter(pk=frames[1].pk).update(status="working")
    with pytest.raises(IllegalTransition, match="One of 3 Frames"), revise(project.pk) as revision:
        Frame.objects.start_all(frames, revision)
    assert [frame.status for frame in project.current_frames()] == ["ready", "working", "ready"]
    Frame.objects.filter(pk=frames[1].pk).update(status="failed")
    with revise(project.pk) as revision:
        Frame.objects.start_all([], revision)
        Frame.objects.start_all(frames, revision)
    stored = [(frame.status, frame.revision) for frame in project.current_frames()]
    assert stored == [(frame.status, frame.revision) for frame in frames] == [("working", revision)] * 3
