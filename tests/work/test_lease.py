from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone

from animations import jobs, storage
from animations.actions.jobs import cancel
from animations.models import Candidate, Job, Project
from animations.models.job import LeaseLost
from animations.work.lease import claim
from tests.polling import until
from tests.work.fake_endpoint import FakeEndpoint


def test_one_run_at_a_time_has_the_lease_of_a_job(make_project: Callable[..., Project]) -> None:
    job = make_project().jobs.get()
    claim(str(job.pk))
    with pytest.raises(LeaseLost):
        claim(str(job.pk))


def test_a_job_whose_lease_ran_out_is_taken_over_and_the_old_run_writes_nothing(
    make_project: Callable[..., Project],
) -> None:
    project = make_project()
    job = project.jobs.get()
    old = claim(str(job.pk))
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    new = claim(str(job.pk))
    assert new.token != old.token
    project.refresh_from_db()
    before = project.revision
    with pytest.raises(LeaseLost), old.revise():
        pass
    project.refresh_from_db()
    assert project.revision == before
    with new.revise() as revision:
        assert revision == before + 1


def test_a_job_that_has_ended_or_is_gone_cannot_be_claimed(make_project: Callable[..., Project]) -> None:
    job = make_project().jobs.get()
    cancel(job)
    with pytest.raises(LeaseLost):
        claim(str(job.pk))
    with pytest.raises(LeaseLost):
        claim(str(uuid.uuid4()))


def test_a_run_notices_that_its_job_was_cancelled(make_project: Callable[..., Project]) -> None:
    job = make_project().jobs.get()
    lease = claim(str(job.pk))
    with lease.renewing():
        lease.check()
        cancel(job)
        assert lease.lost.wait(5)
        with pytest.raises(LeaseLost):
            lease.check()


def test_a_lease_is_renewed_until_its_block_ends(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    job = make_project().jobs.get()
    lease = claim(str(job.pk))
    first = lease.job.lease_until
    with lease.renewing():
        lease.lost.wait(0.4)
    assert first is not None
    assert lease_until(job) > first


def test_progress_is_written_by_the_thread_that_renews_the_lease(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    job = make_project().jobs.get()
    lease = claim(str(job.pk))
    with lease.renewing(), lease.interruptible():
        lease.show_progress(30, 100)
        until(lambda: Job.objects.filter(pk=job.pk, done=30, total=100).exists(), 5, "it is written down")
        revision = Job.objects.get(pk=job.pk).revision
        lease.lost.wait(0.2)
    assert Job.objects.get(pk=job.pk).revision == revision, "once"


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("animations.work.lease.CHECK_SECONDS", 0.02)
    monkeypatch.setattr("animations.work.lease.RENEW_SECONDS", 0.04)


def lease_until(job: Job) -> datetime:
    job.refresh_from_db()
    assert job.lease_until is not None
    return job.lease_until


def test_a_lease_is_renewed_again_after_the_database_was_unavailable(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    noticed = threading.Event()
    monkeypatch.setattr("animations.work.lease.log.warning", lambda *_words: noticed.set())
    job = make_project().jobs.get()
    lease = claim(str(job.pk))
    if connection.vendor == "sqlite":
        refuse_once(monkeypatch)
    with lease.renewing():
        if connection.vendor != "sqlite":
            disconnect(noticed.is_set)
        assert noticed.wait(10)
        failed_at = lease_until(job)
        until(lambda: lease_until(job) > failed_at, 5, "the lease is renewed")
        lease.check()


def refuse_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next renewal find the database locked."""
    renew, errors = Job.renew, iter([OperationalError("database is locked")])

    def fail_first(job: Job, token: UUID) -> None:
        for error in errors:
            raise error
        renew(job, token)

    monkeypatch.setattr(Job, "renew", fail_first)


def disconnect(is_noticed: Callable[[], bool]) -> None:
    """End every connection to PostgreSQL but this thread's, as its restart does."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def renewal_failed() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")
        return is_noticed()

    until(renewal_failed, 10, "the renewal fails")


def test_a_second_message_for_the_same_job_does_nothing(make_project: Callable[..., Project]) -> None:
    job = make_project().jobs.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    made = set(Candidate.objects.values_list("pk", "cutout"))
    jobs.run(str(job.pk))
    assert set(Candidate.objects.values_list("pk", "cutout")) == made
    again = Job.objects.get()
    assert (again.attempts, again.finished_at) == (1, job.finished_at)


def test_a_project_deleted_under_a_run_leaves_no_file(
    make_project: Callable[..., Project], endpoint: FakeEndpoint
) -> None:
    project = make_project(matte="rembg")
    folder = Path(default_storage.path(storage.folder(project.pk)))
    assert folder.exists()
    endpoint.on_run = lambda: Project.objects.filter(pk=project.pk).delete() and None
    jobs.run(str(project.jobs.get().pk))
    assert len(endpoint.runs) == 1
    assert not folder.exists()
    assert not Job.objects.exists()
