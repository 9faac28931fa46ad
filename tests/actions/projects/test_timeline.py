"""Frames moved, held, removed and brought back; and what that means for work that is under way."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User

from animations.actions.errors import ActionError, Busy
from animations.actions.projects import timeline
from animations.actions.projects.edit import edit
from animations.actions.projects.timeline import Place, Timeline, set_timeline
from animations.actions.refine.frames import refine
from animations.actions.refine.tools import RefineTool
from animations.actions.retry import retry
from animations.models import Candidate, Frame, Job, Matte, Project, Source
from animations.models.loop import chosen_loop
from tests.conftest import MakeProject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


def shown(project: Project) -> list[Frame]:
    project.refresh_from_db()
    frames = list(project.current_frames())
    assert [frame.index for frame in frames] == list(range(len(frames)))
    return frames


def arrange(project: Project, *frames: Frame, delay_ms: int = 80) -> Timeline:
    project.refresh_from_db()
    return set_timeline(project, Timeline([Place(frame.pk, delay_ms) for frame in frames], project.revision))


def test_frames_are_moved_and_undo_moves_them_back(project: Project) -> None:
    first, second, third = shown(project)
    undo = arrange(project, third, first, second)
    assert shown(project) == [third, first, second]
    assert project.frame_list_revision == project.revision == undo.revision
    assert {frame.revision for frame in shown(project)} == {project.revision}
    redo = set_timeline(project, undo)
    assert shown(project) == [first, second, third]
    set_timeline(project, redo)
    assert shown(project) == [third, first, second]


def test_each_frame_stays_for_its_own_time(project: Project) -> None:
    frames = shown(project)
    times = [20, 1000, 90]
    places = [Place(frame.pk, each) for frame, each in zip(frames, times, strict=True)]
    undo = set_timeline(project, Timeline(places, project.revision))
    assert list(chosen_loop(project).delays_ms) == times
    set_timeline(project, undo)
    assert list(chosen_loop(project).delays_ms) == [80, 80, 80]


def test_a_frame_that_is_moved_keeps_its_moment_of_the_motion(project: Project) -> None:
    first, second, third = shown(project)
    phases = [frame.phase for frame in (third, first, second)]
    arrange(project, third, first, second)
    assert [frame.phase for frame in shown(project)] == phases
    assert len(set(phases)) == 3


def test_a_frame_named_twice_is_held_as_a_frame_of_its_own(project: Project) -> None:
    first, second, third = shown(project)
    child = Candidate.objects.create(
        frame=second,
        ordinal=5,
        status="ready",
        parent=second.chosen,
        cutout=second.chosen.cutout,  # type: ignore[union-attr]
    )
    Candidate.objects.create(frame=second, ordinal=6, status="failed")
    Frame.objects.filter(pk=second.pk).update(chosen=child)
    undo = arrange(project, first, second, second, third)
    frames = shown(project)
    held = frames[2]
    assert (frames[0], frames[1], frames[3]) == (first, second, third)
    assert (held.status, held.phase, held.generation) == ("ready", second.phase, second.generation)
    assert held not in (first, second, third)
    assert [one.ordinal for one in held.candidates.all()] == [0, 1, 5]
    assert held.chosen and held.chosen.frame == held
    assert held.chosen.parent == held.candidates.get(ordinal=0)
    assert held.chosen.cutout.name == child.cutout.name
    redo = set_timeline(project, undo)
    assert shown(project) == [first, second, third]
    set_timeline(project, redo)
    assert shown(project)[2] == held


def test_what_happens_to_a_held_frame_leaves_its_original_alone(project: Project) -> None:
    first, second, _ = shown(project)
    arrange(project, first, second, second)
    held = shown(project)[2]
    job = retry(held, "strong bounce")
    assert job.frame == held
    assert second.candidates.count() == 2
    assert held.candidates.count() == 3


def test_a_frame_without_a_picture_cannot_be_held(project: Project) -> None:
    first, second, _ = shown(project)
    Frame.objects.filter(pk=second.pk).update(chosen=None, status="failed")
    with pytest.raises(ActionError) as refused:
        arrange(project, first, second, second)
    assert (refused.value.code, refused.value.status) == ("not_ready", 409)


def test_a_frame_left_out_goes_and_is_put_back_as_it_was(project: Project) -> None:
    first, second, third = shown(project)
    undo = arrange(project, first, third)
    assert shown(project) == [first, third]
    second.refresh_from_db()
    assert second.removed_at
    assert second.candidates.count() == 2
    set_timeline(project, undo)
    assert shown(project) == [first, second, third]


def test_an_emoji_is_ready_without_its_failed_frame_and_partial_with_it(project: Project) -> None:
    first, second, third = shown(project)
    Frame.objects.filter(pk=second.pk).update(chosen=None, status="failed")
    Project.objects.filter(pk=project.pk).update(status="partial")
    undo = arrange(project, first, third)
    project.refresh_from_db()
    assert project.status == "ready"
    set_timeline(project, undo)
    project.refresh_from_db()
    assert project.status == "partial"


def test_an_older_revision_than_the_frames_is_stale_and_changes_nothing(project: Project) -> None:
    first, second, third = shown(project)
    before = project.revision
    undo = arrange(project, second, first, third)
    with pytest.raises(ActionError) as refused:
        set_timeline(project, Timeline([Place(first.pk, 80), Place(second.pk, 80)], before))
    assert (refused.value.code, refused.value.status) == ("stale", 409)
    assert shown(project) == [second, first, third]
    edit(project, {"name": "Other"})
    set_timeline(project, undo)
    assert shown(project) == [first, second, third], "a change of something else than the frames makes nothing stale"


def test_frames_of_others_and_of_earlier_generations_are_unknown(
    project: Project, owner: User, new_project: MakeProject
) -> None:
    other = new_project(owner).frames.get(index=0)
    first, second, third = shown(project)
    Frame.objects.filter(pk=third.pk).update(generation=0)
    for unknown in (other, third, Frame(pk=uuid.uuid4())):
        with pytest.raises(ActionError) as refused:
            arrange(project, first, second, unknown)
        assert (refused.value.code, refused.value.attr) == ("does_not_exist", "frames")


def test_a_loop_has_bounds(project: Project) -> None:
    first, second, _ = shown(project)
    for frames, delay_ms in (([first], 80), ([first] * 61, 80), ([first, second], 19), ([first, second], 1001)):
        with pytest.raises(ActionError) as refused:
            arrange(project, *frames, delay_ms=delay_ms)
        assert (refused.value.code, refused.value.attr) == ("invalid", "frames")
    arrange(project, *[first] * 60)
    assert len(shown(project)) == 60


def test_nothing_is_rearranged_while_all_frames_are_made(project: Project) -> None:
    first, second, _ = shown(project)
    Job.objects.filter(kind="generate").update(status="running")
    with pytest.raises(Busy):
        arrange(project, first, second)


def test_a_retry_goes_with_its_frame_and_follows_it_otherwise(project: Project) -> None:
    first, second, third = shown(project)
    job = retry(second, "strong bounce")
    arrange(project, second, third, first)
    job.refresh_from_db()
    assert (job.status, job.frame) == ("queued", second)
    undo = arrange(project, third, first)
    job.refresh_from_db()
    assert job.status == "cancelled"
    set_timeline(project, undo)
    second.refresh_from_db()
    assert (second.status, second.index) == ("ready", 0)
    assert set(second.candidates.values_list("status", flat=True)) == {"ready", "failed"}


def test_a_refine_of_many_frames_goes_on_while_one_of_them_is_shown(project: Project) -> None:
    first, second, third = shown(project)
    assert second.chosen_id
    job = refine(second, second.chosen_id, RefineTool("edge", shift=1), [1, 2])
    arrange(project, first, third)
    job.refresh_from_db()
    assert job.status == "queued"
    first, third = shown(project)
    arrange(project, first, first)
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_frame_that_comes_back_is_drawn_of_the_matte_in_use(project: Project) -> None:
    first, second, third = shown(project)
    Candidate.objects.filter(frame__project=project).update(matte=project.source.matte)
    undo = arrange(project, first, third)
    other = Matte.objects.create(source=project.source, engine="white", alpha="a", cutout="c")
    Source.objects.filter(project=project).update(matte=other)
    set_timeline(project, undo)
    job = Job.objects.get(kind="refine")
    assert (job.frame, job.params["matte"], job.total) == (None, str(other.pk), 1)
    assert set(job.candidates.values_list("frame", flat=True)) == {second.pk}
    assert shown(project) == [first, second, third]


def test_the_oldest_removed_frames_are_deleted(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MAX_REMOVED", 2)
    first, second, third = shown(project)
    arrange(project, first, second)
    arrange(project, first, first, second)
    held = shown(project)[1]
    arrange(project, first, second)
    assert set(project.frames.all()) == {first, second, third, held}
    arrange(project, first, first)
    assert not project.frames.filter(pk=third.pk).exists()
    assert project.frames.filter(pk__in=[second.pk, held.pk]).count() == 2
