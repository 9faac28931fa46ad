from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.translation import override

from animations.actions.generate import generate
from animations.actions.plan.names import first_name, motion_label
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.projects.edit import edit
from animations.models import Job, Preset, Project
from tests.conftest import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


def start(owner: User, **options: Any) -> Project:
    return create_project(owner, upload(name="chelsea.png"), GenerateOptions(frame_count=2, **options), start=False)


def name_after(project: Project, **options: Any) -> str:
    generate(Project.objects.get(pk=project.pk), GenerateOptions(**options))
    Job.objects.update(status="succeeded")
    Project.objects.update(status="ready")
    return Project.objects.get(pk=project.pk).name


def test_a_project_is_named_after_its_picture_and_motion(owner: User, bounce: Preset) -> None:
    assert start(owner, preset="bounce").name == "chelsea, bounce"
    assert start(owner, prompt="sway gently").name == "chelsea, subtle sway"


def test_another_motion_changes_the_name_and_other_options_do_not(owner: User, bounce: Preset) -> None:
    project = start(owner, preset="bounce")
    assert name_after(project, prompt="wobble") == "chelsea, wobble"
    assert name_after(project, matte="none") == "chelsea, wobble"
    assert name_after(project, preset="bounce") == "chelsea, bounce"


def test_a_name_that_its_owner_gave_stays(owner: User, bounce: Preset) -> None:
    named = start(owner, preset="bounce", name="Party, bounce")
    assert name_after(named, prompt="wobble") == "Party, bounce"
    renamed = edit(start(owner, preset="bounce"), {"name": "Tom, bounce"})
    assert name_after(renamed, prompt="wobble") == "Tom, bounce"
    with_it = start(owner, preset="bounce")
    assert name_after(with_it, prompt="wobble", name="Tom") == "Tom"
    assert name_after(with_it, preset="bounce") == "Tom"


def test_a_name_from_before_motions_were_in_it_stays(owner: User, bounce: Preset) -> None:
    project = start(owner, preset="bounce")
    Project.objects.update(name="chelsea")
    assert name_after(project, prompt="wobble") == "chelsea"


def test_a_clips_own_motion_has_no_words_and_a_long_name_is_cut_before_them(bounce: Preset) -> None:
    assert first_name("film", None, {"preset": None, "understood_as": ""}) == {"name": "film"}
    name = first_name("x" * 150, None, {"preset": bounce})["name"]
    assert (len(name), name[-9:]) == (100, "x, bounce")
    assert len(motion_label({"understood_as": "very " * 20})) <= 40


def test_a_name_has_no_notes_on_how_words_were_read(owner: User) -> None:
    project = start(owner, prompt="subtle wobbel")
    assert project.understood_as == "subtle wobble (“wobbel” read as “wobble”)"
    assert project.name == "chelsea, subtle wobble"
    assert name_after(project, prompt="sway gently") == "chelsea, subtle sway"


def test_a_first_name_is_in_the_language_of_its_owner() -> None:
    with override("ko"):
        assert first_name("cat", None, {"understood_as": "slow zoom"}) == {"name": "cat, 천천히 확대하기"}
