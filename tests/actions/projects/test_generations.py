"""The motion before is chosen again, and taken back."""

from __future__ import annotations

import pytest

from animations.actions.errors import ActionError, Busy
from animations.actions.export import export
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.duplicate import duplicate
from animations.actions.projects.edit import edit
from animations.actions.projects.generations import choose_generation
from animations.actions.retry import retry
from animations.models import Candidate, Frame, Job, Matte, Project, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


def change_motion(project: Project, prompt: str, *, finish: bool = True) -> Job:
    job = generate(project, GenerateOptions(prompt=prompt, frame_count=4, candidates=1))
    if finish:
        for frame in project.current_frames():
            made = frame.candidates.get()
            Candidate.objects.filter(pk=made.pk).update(status="ready")
            Frame.objects.filter(pk=frame.pk).update(status="ready", chosen=made)
        Job.objects.filter(pk=job.pk).update(status="succeeded")
        Project.objects.filter(pk=project.pk).update(status="ready")
    project.refresh_from_db()
    return job


def shown(project: Project) -> tuple[str, int, int, str, list[Frame]]:
    project.refresh_from_db()
    frames = list(project.current_frames())
    return project.prompt, project.generation, project.frame_count, project.status, frames


def test_the_motion_before_is_shown_again_with_its_frames_and_taken_back(project: Project) -> None:
    before = shown(project)
    change_motion(project, "wobble")
    after = shown(project)
    assert (after[:4], len(after[4])) == (("wobble", 2, 4, "ready"), 4)
    assert choose_generation(project, 1) == 2
    assert shown(project) == before
    assert project.frame_list_revision == project.revision
    assert choose_generation(project, 2) == 1
    assert shown(project) == after


def test_a_third_motion_replaces_the_one_that_is_not_shown(project: Project) -> None:
    change_motion(project, "wobble")
    choose_generation(project, 1)
    change_motion(project, "spin")
    assert project.generation == 3
    assert set(project.frames.values_list("generation", flat=True)) == {1, 3}
    with pytest.raises(ActionError) as refused:
        choose_generation(project, 2)
    assert (refused.value.code, refused.value.attr) == ("does_not_exist", "generation")
    choose_generation(project, 1)
    assert project.prompt == "bounce"


def test_a_motion_that_was_stopped_before_its_first_frame_is_not_come_back_to(project: Project) -> None:
    job = change_motion(project, "wobble", finish=False)
    choose_generation(project, 1)
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert shown(project)[:2] == ("bounce", 1)
    assert (project.status, project.kept) == ("ready", None)


def test_the_motion_is_changed_again_after_one_that_was_stopped_and_undone(project: Project) -> None:
    change_motion(project, "wobble", finish=False)
    choose_generation(project, 1)
    change_motion(project, "spin")
    assert shown(project)[:2] == ("spin", 3)
    assert set(project.frames.values_list("generation", flat=True)) == {1, 3}


def test_what_was_good_stays_kept_beside_one_without_a_frame(project: Project) -> None:
    job = change_motion(project, "wobble", finish=False)
    Job.objects.filter(pk=job.pk).update(status="cancelled")
    Project.objects.filter(pk=project.pk).update(status="cancelled")
    change_motion(project, "spin")
    assert choose_generation(project, 1) == 3


def test_the_sources_matte_goes_with_the_motion_and_a_name_of_the_owners_does_not(project: Project) -> None:
    first = project.source.matte_id
    change_motion(project, "wobble")
    other = Matte.objects.create(source=project.source, engine="white", alpha="a", cutout="c")
    Source.objects.filter(project=project).update(matte=other)
    edit(project, {"name": "Mine"})
    choose_generation(project, 1)
    assert Source.objects.get(project=project).matte_id == first
    choose_generation(project, 2)
    assert Source.objects.get(project=project).matte == other
    assert shown(project)[0] == "wobble"
    assert project.name == "Mine"


def test_nothing_is_chosen_while_a_frame_is_worked_on(project: Project) -> None:
    change_motion(project, "wobble")
    retry(project.current_frames()[0], "strong wobble")
    with pytest.raises(Busy):
        choose_generation(project, 1)


def test_an_export_shows_the_motion_that_it_was_requested_for(project: Project) -> None:
    change_motion(project, "wobble")
    (row,) = export(project, ["gif"])
    choose_generation(project, 1)
    row.refresh_from_db()
    assert (row.status, row.generation) == ("queued", 2)


def test_a_copy_has_no_motion_before(project: Project) -> None:
    change_motion(project, "wobble")
    Candidate.objects.filter(cutout="").update(status="failed")
    assert duplicate(project).kept is None
