from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models.signals import pre_delete

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.projects.create import delete, rename
from animations.models import Candidate, Frame, Job, Project, Source
from animations.models.transitions import ProjectGone
from tests.actions.conftest import RunOnCommit
from tests.conftest import MakeProject


def test_a_project_gets_another_name_and_keeps_the_rest(project: Project) -> None:
    before = Project.objects.values("status", "prompt", "recipe", "generation").get()
    renamed = rename(project, "  Another \n  name ")
    stored = Project.objects.get()
    assert renamed.name == stored.name == "Another name"
    assert stored.revision == 2
    assert Project.objects.values("status", "prompt", "recipe", "generation").get() == before


@pytest.mark.parametrize("name", ["", "  \n ", "x" * 101])
def test_an_empty_or_overlong_name_is_refused(project: Project, name: str) -> None:
    with pytest.raises(ActionError) as refused:
        rename(project, name)
    assert refused.value.attr == "name"
    assert Project.objects.get().name == "Face"


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
