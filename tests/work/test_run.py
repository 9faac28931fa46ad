"""The run of a job: what it does for each kind, and what it leaves to another run."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError

from animations import storage
from animations.models import Job
from animations.models.transitions import revise
from animations.outages import StorageUnavailable
from animations.work import run
from animations.work.run import WORK
from tests.conftest import MakeProject


def test_every_kind_of_job_has_a_function_and_a_queue() -> None:
    assert set(WORK) == set(Job.Kind)
    assert set(Job.QUEUES) == set(Job.Kind)
    assert set(Job.QUEUES.values()) <= set(settings.RQ_QUEUES)


@pytest.mark.django_db(transaction=True)
def test_what_a_run_has_stored_counts_at_its_end_however_often_the_project_changes(
    owner: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(owner)
    with revise(project.pk) as revision:
        job = Job.enqueue(project=project, kind=Job.Kind.EXPORT, revision=revision, total=1)
    monkeypatch.setitem(WORK, Job.Kind.EXPORT, lambda _: storage.save(project.pk, b"x" * 5000, "png"))
    run.run(str(job.pk))
    project.refresh_from_db()
    assert project.stored_bytes == sum(storage.project_sizes(project.pk).values()) > 5000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("locked"), StorageUnavailable("silent")])
def test_while_the_database_or_the_storage_is_away_a_job_is_left_to_another_run(
    owner: User, new_project: MakeProject, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    project = new_project(owner)
    with revise(project.pk) as revision:
        job = Job.enqueue(project=project, kind=Job.Kind.EXPORT, revision=revision, total=1)

    def fail(_: object) -> None:
        raise error

    monkeypatch.setitem(WORK, Job.Kind.EXPORT, fail)
    with pytest.raises(type(error)):
        run.run(str(job.pk))
    job.refresh_from_db()
    assert job.status == Job.Status.RUNNING
