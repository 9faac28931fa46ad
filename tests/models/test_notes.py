"""Notes say what was done unasked: one of a code, kept with the project until its next generation."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.consumers.auth import Subscriber
from animations.models import Job, Preset, Project
from animations.models.project import with_note
from animations.models.transitions import revise
from tests.conftest import MakeProject
from tests.consumers.project_edits import changes_since

CROPPED = {"code": "cropped", "text": "The empty margin was cut off."}


def add(project: Project, code: str, text: str) -> None:
    with revise(project.pk):
        project.add_note(code, text)


def test_a_note_replaces_the_one_of_its_code() -> None:
    notes = with_note(with_note([], "cropped", "First."), "stretched", "Second.")
    assert with_note(notes, "cropped", "Third.") == [
        {"code": "stretched", "text": "Second."},
        {"code": "cropped", "text": "Third."},
    ]
    assert with_note(notes, "stretched", "") == [{"code": "cropped", "text": "First."}]


def test_the_api_and_the_socket_send_a_note(api: APIClient, owner: User, new_project: MakeProject) -> None:
    project = new_project(owner)
    before = project.revision
    stale = Project.objects.get(pk=project.pk)
    add(project, "stretched", "Something else.")
    add(stale, **CROPPED)
    said = [{"code": "stretched", "text": "Something else."}, CROPPED]
    assert api.get(f"/api/v1/projects/{project.pk}/").json()["notes"] == said
    messages = changes_since(Subscriber(session_key="", user_id=owner.pk), project.pk, before)
    assert [message["project"]["notes"] for message in messages if message["type"] == "project"] == [said]


def test_a_new_generation_starts_without_the_notes_of_the_one_before(
    owner: User, new_project: MakeProject, bounce: Preset
) -> None:
    project = new_project(owner)
    add(project, **CROPPED)
    generate(project, GenerateOptions())
    project.refresh_from_db()
    assert project.notes == []


def test_an_equal_request_gets_the_live_job_whatever_its_notes(
    owner: User, new_project: MakeProject, bounce: Preset
) -> None:
    project = new_project(owner)
    live: Job = generate(project, GenerateOptions(size=128))
    add(project, **CROPPED)
    assert generate(project, GenerateOptions(size=128)) == live


def test_a_list_of_projects_has_their_notes(api: APIClient, owner: User, new_project: MakeProject) -> None:
    add(new_project(owner), **CROPPED)
    assert api.get("/api/v1/projects/").json()["results"][0]["notes"] == [CROPPED]


def test_words_that_were_understood_in_part_are_noted(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner)
    generate(project, GenerateOptions(prompt="bounce 100 times over 2 seconds"))
    project.refresh_from_db()
    (note,) = project.notes
    assert note["code"] == "words"
    assert "understood as bounce 6 times (at most 6 times in a loop, not 100)" in note["text"]
    assert "Left out: “2 seconds”." in note["text"]
    Job.objects.update(status="cancelled")
    Project.objects.update(status="ready")
    generate(project, GenerateOptions(frame_count=4))
    project.refresh_from_db()
    assert project.notes == [note], "the same words make the new generation"
    Job.objects.update(status="cancelled")
    Project.objects.update(status="ready")
    generate(project, GenerateOptions(prompt="wobble"))
    project.refresh_from_db()
    assert project.notes == []
