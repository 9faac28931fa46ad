"""Files go when no row names them any more, and only then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import FileField
from django.utils import timezone
from pytest_django import Settings

from animations import storage
from animations.models import Frame, GpuCall, Job, Project
from animations.models.transitions import revise
from animations.work.cleanup import project_files
from animations.work.cleanup.project_files import (
    BATCH_SIZE,
    GRACE_PERIOD,
    REFERENCES,
    named_files,
    sweep,
    sweep_changed_projects,
)
from tests.conftest import MakeProject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def project(_own_folder: None, owner: User, new_project: MakeProject) -> Project:
    return new_project(owner)


def end_grace_period() -> None:
    Project.objects.update(updated_at=timezone.now() - 2 * GRACE_PERIOD)


def test_what_no_row_names_is_deleted_and_the_rest_is_counted(project: Project) -> None:
    named = named_files(project.pk)
    orphan = storage.save(project.pk, b"of a run that was cancelled", "png")
    assert sweep(project.pk)
    assert storage.project_files(project.pk) == named
    assert orphan not in named
    project.refresh_from_db()
    assert project.stored_bytes == sum(storage.stored_size(name) or 0 for name in named)


def test_frames_made_anew_leave_no_files_behind(project: Project) -> None:
    Frame.objects.filter(index=1).delete()
    sweep(project.pk)
    assert storage.project_files(project.pk) == named_files(project.pk)


def test_what_a_call_has_brought_stays_for_the_job_that_is_started_again(project: Project) -> None:
    alpha = storage.save(project.pk, b"an alpha", "png")
    GpuCall.objects.filter(project=project).update(results=[{"alpha": alpha}, {"error": {"code": "bad_image"}}])
    sweep(project.pk)
    assert storage.read(alpha) == b"an alpha"


def test_nothing_is_deleted_while_a_job_may_write(project: Project) -> None:
    orphan = storage.save(project.pk, b"drawn, and not in its row yet", "png")
    job = Job.objects.create(project=project, kind="generate", revision=1, status="running")
    assert not sweep(project.pk)
    assert storage.read(orphan)
    job.delete()
    assert sweep(project.pk)
    assert storage.stored_size(orphan) is None


def test_a_project_is_swept_once_for_each_change_after_it_has_settled(project: Project) -> None:
    assert sweep_changed_projects() == 0
    end_grace_period()
    assert sweep_changed_projects() == 1
    assert sweep_changed_projects() == 0
    with revise(project.pk):
        pass
    assert sweep_changed_projects() == 0
    end_grace_period()
    assert sweep_changed_projects() == 1


def test_a_round_sweeps_no_more_than_its_share(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = project.owner
    Project.objects.bulk_create(Project(owner=owner, name=str(number)) for number in range(BATCH_SIZE + 5))
    end_grace_period()
    assert sweep_changed_projects() == BATCH_SIZE
    monkeypatch.setattr(project_files, "MAX_SECONDS", 0.0)
    assert sweep_changed_projects() == 1
    assert Project.objects.unswept().count() == 5


def test_every_column_that_names_a_file_of_a_project_is_looked_at() -> None:
    known = {(model, column) for model, _, columns in REFERENCES for column in columns}
    models = {model for model in apps.get_app_config("animations").get_models() if model.__name__ != "Preset"}
    fields = [field for model in models for field in model._meta.fields if isinstance(field, FileField)]
    assert {(field.model, field.name) for field in fields} == known


def test_settling_is_longer_than_a_run_goes_on_without_its_lease() -> None:
    assert timedelta(seconds=30) < GRACE_PERIOD
