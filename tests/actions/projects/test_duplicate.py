from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from pytest_django import Settings
from rest_framework.test import APIClient

from animations import storage
from animations.actions.errors import ActionError, Busy
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_from
from animations.actions.projects.delete import delete
from animations.actions.projects.duplicate import duplicate
from animations.models import Candidate, GpuCall, Job, Matte, Project
from animations.models.transitions import ProjectGone
from animations.work.cleanup.project_files import named_files
from tests.actions.conftest import RunOnCommit
from tests.conftest import MakeProject, content

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


def test_a_copy_shows_the_same_and_costs_no_call(project: Project) -> None:
    first = project.source.matte
    assert first
    child = Matte.objects.create(
        source=project.source, engine="rembg", parent=first, alpha=first.alpha, cutout=first.cutout
    )
    project.source.matte = child
    project.source.save()
    calls = GpuCall.objects.count()
    made = Project.objects.get(pk=duplicate(project).pk)
    assert (made.owner, made.status, made.name) == (project.owner, "ready", "Face copy")
    assert (made.recipe, made.frame_count) == (project.recipe, project.frame_count)
    assert [frame.delay_ms for frame in made.current_frames()] == [80, 80, 80]
    assert Candidate.objects.filter(frame__project=made, status="ready", job=None).count() == 6
    assert all(frame.chosen and frame.chosen.frame == frame for frame in made.current_frames())
    assert made.source.matte
    assert made.source.matte.parent
    assert made.source.matte.parent.source == made.source
    assert made.source.mattes.count() == 2
    assert GpuCall.objects.count() == calls
    assert not made.jobs.exists()


def test_a_copy_has_files_of_its_own_that_are_stored_once(
    project: Project, api: APIClient, run_on_commit: RunOnCommit
) -> None:
    made = Project.objects.get(pk=duplicate(project).pk)
    names = named_files(made.pk)
    assert names == storage.project_files(made.pk)
    assert made.stored_bytes == sum(storage.stored_size(name) or 0 for name in names)
    assert all(Path(default_storage.path(name)).stat().st_nlink == 2 for name in names)
    shown = made.current_frames()[0].chosen_id
    with run_on_commit():
        delete(project)
    assert content(api, f"/media/candidates/{shown}/cutout.png")


def test_on_a_disk_without_links_the_bytes_are_copied(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    name = str(project.source.picture)
    copied = storage.copy_file(name, project.frames.get(index=0).pk)
    assert copied != name
    assert storage.read(copied) == storage.read(name)


def test_failed_candidates_and_live_work_are_not_copied(project: Project) -> None:
    frame = project.current_frames()[0]
    frame.candidates.update(status="failed")
    project.current_frames().filter(index=0).update(chosen=None, status="working")
    made = Project.objects.get(pk=duplicate(project).pk)
    assert [frame.status for frame in made.current_frames()] == ["failed", "ready", "ready"]
    assert made.current_frames()[0].candidates.count() == 0


def test_what_cannot_be_copied_leaves_nothing_behind(project: Project, settings: Settings) -> None:
    folders = storage.project_ids()
    project.status = "working"
    with pytest.raises(Busy):
        duplicate(project)
    project.status = "ready"
    storage.delete(str(project.source.picture))
    with pytest.raises(ProjectGone):
        duplicate(project)
    settings.PROJECTS_PER_PERSON = 1
    with pytest.raises(ActionError, match="the most for one person"):
        duplicate(project)
    assert Project.objects.count() == 1
    assert storage.project_ids() == folders


def test_another_motion_of_the_same_picture_keeps_its_matte(project: Project, owner: User) -> None:
    Project.objects.update(name="Face, bounce", understood_as="bounce")
    project.refresh_from_db()
    made = create_from(project, GenerateOptions(prompt="wobble", frame_count=2, candidates=1, matte="rembg"))
    made = Project.objects.get(pk=made.pk)
    assert (made.owner, made.name, made.status, made.frame_count) == (owner, "Face, wobble", "working", 2)
    assert made.source.matte
    assert made.source.matte.engine == "rembg"
    assert made.jobs.get().kind == "generate"
    assert storage.project_files(made.pk) == named_files(made.pk)


def test_both_are_done_over_the_api_with_ones_own_emojis_alone(
    project: Project, api: APIClient, stranger: User, new_project: MakeProject
) -> None:
    copied = api.post(f"/api/v1/projects/{project.pk}/duplicate/")
    assert (copied.status_code, copied.json()["name"], len(copied.json()["frames"])) == (201, "Face copy", 3)
    body = {"source_of": str(project.pk), "prompt": "sway", "matte": "rembg"}
    made = api.post("/api/v1/projects/", body, format="multipart")
    assert (made.status_code, made.json()["motion"]["prompt"]) == (201, "sway")
    assert Job.objects.filter(project=made.json()["id"]).count() == 1
    other = new_project(stranger)
    body = {"source_of": str(other.pk), "prompt": "sway"}
    assert api.post("/api/v1/projects/", body, format="multipart").status_code == 404
    assert api.post(f"/api/v1/projects/{other.pk}/duplicate/").status_code == 404
    refused = api.post("/api/v1/projects/", {"prompt": "sway"}, format="multipart")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "source")
