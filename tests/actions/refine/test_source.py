"""Refine a source's matte, and undo that: the rows that are written, before any pixel."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User

from animations.actions.errors import ActionError, Busy
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.refine.chain import choose_matte
from animations.actions.refine.source import refine_source
from animations.actions.refine.tools import RefineTool
from animations.models import Candidate, Job, Matte, Project, Source
from tests.conftest import MakeProject

POCKET = RefineTool("pocket", x=3, y=4)


def matte_of(project: Project) -> Matte:
    source = Source.objects.select_related("matte").get(project=project)
    assert source.matte
    return source.matte


def test_a_refine_of_the_source_makes_a_new_candidate_of_each_frame(project: Project) -> None:
    matte = matte_of(project)
    job = refine_source(project, POCKET)
    assert (job.kind, job.frame, job.total) == ("refine", None, 3)
    assert job.params == {"matte": str(matte.pk), "tool": "pocket", "x": 3, "y": 4, "mode": "open"}
    made = Candidate.objects.filter(job=job).select_related("frame")
    assert [(row.parent_id, row.engine) for row in made] == [(row.frame.chosen_id, matte.engine) for row in made]
    assert set(project.current_frames().values_list("status", flat=True)) == {"working"}


def test_an_equal_request_while_one_is_live_gets_its_job_and_another_is_busy(project: Project) -> None:
    job = refine_source(project, POCKET)
    assert refine_source(project, POCKET) == job
    with pytest.raises(Busy):
        refine_source(project, RefineTool("pocket", x=3, y=5))
    with pytest.raises(Busy):
        generate(project, GenerateOptions())


@pytest.mark.parametrize(
    ("tool", "attr", "code"),
    [
        (RefineTool("inpaint"), "tool", "invalid_choice"),
        (RefineTool("points"), "points", "required"),
        (RefineTool("points", points=[[3, 16, 1]]), "points", "invalid"),
        (RefineTool("brush", mode="keep"), "mask", "required"),
        (RefineTool("pocket", x=1, y=1, mode="erase"), "mode", "invalid_choice"),
        (RefineTool("effects", x=3), "y", "required"),
        (RefineTool("white"), "tool", "no_white_ground"),
        (RefineTool("pocket", x=16, y=0), "x", "invalid"),
        (RefineTool("matte", "white"), "engine", "no_white_ground"),
    ],
)
def test_a_tool_that_cannot_be_used_is_refused_by_name(
    project: Project, tool: RefineTool, attr: str, code: str
) -> None:
    with pytest.raises(ActionError) as refused:
        refine_source(project, tool)
    assert (refused.value.attr, refused.value.code) == (attr, code)
    assert not project.jobs.live().exists()


def test_a_clip_and_a_source_without_a_matte_have_nothing_to_refine(owner: User, new_project: MakeProject) -> None:
    with pytest.raises(ActionError) as refused:
        refine_source(new_project(owner, generator="clip"), POCKET)
    assert refused.value.code == "unavailable"
    bare = new_project(owner)
    Source.objects.filter(project=bare).update(matte=None)
    with pytest.raises(ActionError) as refused:
        refine_source(bare, POCKET)
    assert refused.value.status == 409


@pytest.fixture
def refined(project: Project) -> Project:
    """Return a project whose source was refined, and whose frames show what was drawn of the new matte."""
    old, job = matte_of(project), refine_source(project, POCKET)
    new = Matte.objects.create(source=old.source, parent=old, engine=old.engine, alpha="a", cutout="c")
    Source.objects.filter(project=project).update(matte=new)
    for row in Candidate.objects.filter(job=job):
        Candidate.objects.filter(pk=row.pk).update(status="ready")
        project.frames.filter(pk=row.frame_id).update(chosen=row.pk, status="ready")
    Job.objects.filter(pk=job.pk).update(status="succeeded")
    return project


def test_the_matte_before_comes_back_with_what_the_frames_showed(refined: Project) -> None:
    old = matte_of(refined).parent
    assert old
    choose_matte(refined, old.pk)
    assert matte_of(refined) == old
    shown = [frame.chosen for frame in refined.current_frames().select_related("chosen")]
    assert [candidate and candidate.origin for candidate in shown] == ["generated"] * 3


def test_a_matte_of_no_or_another_picture_cannot_be_chosen(
    refined: Project, owner: User, new_project: MakeProject
) -> None:
    for wrong in (uuid.uuid4(), matte_of(new_project(owner)).pk):
        with pytest.raises(ActionError) as refused:
            choose_matte(refined, wrong)
        assert (refused.value.code, refused.value.attr) == ("does_not_exist", "matte")


def test_a_projects_choice_of_engine_follows_the_matte(refined: Project) -> None:
    old = matte_of(refined)
    other = Matte.objects.create(source=old.source, parent=old, tool="matte", engine="birefnet")
    mended = Matte.objects.create(source=old.source, parent=other, tool="points", engine="grabcut")
    choose_matte(refined, mended.pk)
    assert refined.matte == "birefnet"
    choose_matte(refined, old.pk)
    assert refined.matte == old.engine


def test_no_matte_is_chosen_while_frames_are_worked_on(refined: Project) -> None:
    old = matte_of(refined).parent
    assert old
    generate(refined, GenerateOptions())
    with pytest.raises(Busy):
        choose_matte(refined, old.pk)
