from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db.models.signals import pre_delete
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.projects.delete import delete, restore, trash
from animations.actions.sets.create import gather_set
from animations.actions.sets.edit import edit_set
from animations.models import Candidate, EmojiSet, Export, Frame, Job, Project, Source
from animations.models.quota import Stored, stored_by
from animations.models.transitions import ProjectGone, revise
from animations.work.cleanup.deleted_projects import empty_trash
from tests.actions.conftest import RunOnCommit
from tests.conftest import MakeProject


def test_a_deleted_project_takes_its_rows_and_files_along(
    project: Project, new_project: MakeProject, run_on_commit: RunOnCommit
) -> None:
    other = new_project(project.owner)
    gone, kept = (Path(default_storage.path(storage.folder(each.pk))) for each in (project, other))
    with run_on_commit():
        delete(project)
    assert not gone.exists()
    assert kept.exists()
    assert Project.objects.get() == other
    for model in (Source, Job, Frame):
        assert set(model.objects.values_list("project", flat=True)) == {other.pk}
    assert set(Candidate.objects.values_list("frame__project", flat=True)) == {other.pk}


def test_files_stay_until_the_deletion_is_committed(project: Project) -> None:
    folder = Path(default_storage.path(storage.folder(project.pk)))
    delete(project)
    assert folder.exists()


def test_files_that_cannot_be_deleted_are_left_without_an_error(
    project: Project, run_on_commit: RunOnCommit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: object) -> None:
        raise OSError("Directory not empty")

    monkeypatch.setattr(default_storage, "delete", refuse)
    with run_on_commit():
        delete(project)
    assert not Project.objects.exists()
    assert "are left" in caplog.text


def test_who_deletes_a_project_second_finds_it_gone(project: Project) -> None:
    same = Project.objects.get()
    delete(project)
    with pytest.raises(ProjectGone):
        delete(same)


def test_a_deletion_cancels_the_jobs_before_a_row_goes(project: Project) -> None:
    Job.objects.update(status="running")
    seen: list[str] = []

    def record_statuses(**_: object) -> None:
        seen.extend(Job.objects.values_list("status", flat=True))

    pre_delete.connect(record_statuses, sender=Project)
    try:
        delete(project)
    finally:
        pre_delete.disconnect(record_statuses, sender=Project)
    assert seen == ["cancelled", "cancelled"]


def test_what_is_in_the_trash_is_gone_for_everybody_and_kept_whole(project: Project, api: APIClient) -> None:
    before = storage.project_files(project.pk)
    shown = project.frames.get(index=0).chosen_id
    trash(project)
    for model in (Project, Job, Export):
        assert not model.objects.visible_to(project.owner).exists()
    for address in (
        reverse("api:project", args=[project.pk]),
        reverse("studio", args=[project.pk]),
        reverse("candidate-preview", args=[shown]),
        reverse("source-file", args=[project.source.pk, "picture"]),
    ):
        assert api.get(address).status_code == 404
    assert storage.project_files(project.pk) == before
    with pytest.raises(ProjectGone):
        trash(project)


def test_a_project_is_taken_back_as_it_was(project: Project, api: APIClient) -> None:
    before = api.get(f"/api/v1/projects/{project.pk}/").json()
    trash(project)
    restored = api.post(f"/api/v1/projects/{project.pk}/restore/")
    assert restored.status_code == 200
    changed = {"revision", "updated_at"}
    assert {key for key, value in restored.json().items() if before[key] != value} == changed
    assert api.post(f"/api/v1/projects/{project.pk}/restore/").status_code == 404


def test_nobody_else_takes_it_back(project: Project, stranger: User) -> None:
    trash(project)
    with pytest.raises(ProjectGone):
        restore(stranger, project.pk)
    assert Project.objects.get().trashed_at


def test_its_jobs_are_cancelled_and_it_is_a_stopped_project_when_it_comes_back(project: Project) -> None:
    Project.objects.update(status="working")
    frame = project.frames.get(index=0)
    Frame.objects.filter(pk=frame.pk).update(status="working", chosen=None)
    job = Job.objects.create(project=project, kind="generate", status="running", revision=1)
    exporting = Job.objects.create(project=project, kind="export", status="queued", revision=1)
    trash(project)
    restore(project.owner, project.pk)
    assert set(Job.objects.filter(pk__in=[job.pk, exporting.pk]).values_list("status", flat=True)) == {"cancelled"}
    frame.refresh_from_db()
    assert (Project.objects.get().status, frame.status) == ("cancelled", "failed")


def test_nothing_is_written_to_a_project_in_the_trash(project: Project) -> None:
    trash(project)
    with pytest.raises(ProjectGone), revise(project.pk):
        pytest.fail("it was revised")


def test_the_trash_does_not_count_and_is_listed_the_latest_first(
    project: Project, new_project: MakeProject, api: APIClient
) -> None:
    other = new_project(project.owner, name="Other", stored_bytes=500)
    Project.objects.filter(pk=project.pk).update(stored_bytes=70)
    trash(other)
    assert stored_by(project.owner_id) == Stored(1, 70)
    trash(project)
    listed = api.get("/api/v1/projects/", {"trashed": "true"}).json()["results"]
    assert [one["id"] for one in listed] == [str(project.pk), str(other.pk)]
    assert api.get("/api/v1/projects/").json()["count"] == 0


def test_the_oldest_of_a_full_trash_goes_for_good(owner: User, new_project: MakeProject) -> None:
    projects = [new_project(owner, frames=1, candidates=1) for _ in range(Project.TRASH_SIZE + 1)]
    for project in projects:
        trash(project)
    assert set(Project.objects.in_trash_of(owner.pk)) == set(projects[1:])
    assert not Project.objects.filter(pk=projects[0].pk).exists()


def test_what_nobody_took_back_in_time_is_deleted(project: Project, run_on_commit: RunOnCommit) -> None:
    trash(project)
    Project.objects.update(trashed_at=timezone.now() - Project.TRASH_KEPT + timedelta(seconds=5))
    assert empty_trash() == 0
    Project.objects.update(trashed_at=timezone.now() - Project.TRASH_KEPT)
    with pytest.raises(ProjectGone):
        restore(project.owner, project.pk)
    with run_on_commit():
        assert empty_trash() == 1
    assert not Project.objects.exists()
    assert not storage.project_files(project.pk)


def test_the_trash_is_emptied_for_some_seconds_of_each_round(
    owner: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        trash(new_project(owner, frames=1, candidates=1))
    Project.objects.update(trashed_at=timezone.now() - Project.TRASH_KEPT)
    monkeypatch.setattr("animations.work.cleanup.deleted_projects.MAX_SECONDS", 0.0)
    assert [empty_trash(), empty_trash(), empty_trash(), empty_trash()] == [1, 1, 1, 0]


def test_an_emoji_comes_back_into_its_set_only_where_there_is_room(
    owner: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmojiSet, "SIZE", (2, 3))
    held = [new_project(owner, frames=1) for _ in range(3)]
    emoji_set = gather_set(owner, "Faces", [project.pk for project in held])
    trash(held[0])
    edit_set(owner, emoji_set, {"projects": [held[1].pk, held[2].pk, new_project(owner, frames=1).pk]})
    with pytest.raises(ActionError, match="Its set has 3 emojis by now") as refused:
        restore(owner, held[0].pk)
    assert (refused.value.status, emoji_set.shown_projects().count()) == (409, 3)
    edit_set(owner, emoji_set, {"projects": [held[1].pk, held[2].pk]})
    restore(owner, held[0].pk)
    assert emoji_set.shown_projects().count() == 3
