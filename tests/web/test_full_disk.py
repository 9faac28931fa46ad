"""A disk or database without room: said clearly, nothing left behind, and over as soon as there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings
from rest_framework.test import APIClient

from animations import jobs
from animations.actions.export import export
from animations.models import Export, Project
from animations.outages import DISK_FULL
from tests.conftest import png, upload
from tests.small_disk import filled, small_disk


@pytest.fixture(autouse=True)
def _fresh_counters(valkey: redis.Redis) -> None:
    """Count requests in an empty cache."""


@pytest.fixture
def api(api: APIClient) -> APIClient:
    """Return a client that takes a 5xx for an answer."""
    api.raise_request_exception = False
    return api


@pytest.fixture
def disk(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Keep stored files on a disk of 2 MB; nothing of it is held in reserve."""
    settings.DISK_RESERVE_MB = 0
    with small_disk(tmp_path / "media", 2_000_000) as folder:
        settings.MEDIA_ROOT = folder
        yield folder


@contextmanager
def full_database() -> Iterator[None]:
    """Fill SQLite's file and let it not grow: each write that needs a page ends as on a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        for size in (2000, 20):
            _fill_with_sessions(size)
        yield
        cursor.execute("PRAGMA max_page_count = 1073741823")


def _fill_with_sessions(size: int) -> None:
    with pytest.raises(OperationalError):
        for number in count():
            Session.objects.create(session_key=f"{size} {number}", session_data="x" * size, expire_date=now())


def send(api: APIClient, content: bytes | None = None) -> Any:
    return api.post(
        "/api/v1/projects/", {"source": upload(content), "prompt": "bounce", "start": "false"}, format="multipart"
    )


def assert_says_disk_full(answer: Any) -> None:
    assert answer.status_code == 507, answer.content
    assert answer["Retry-After"] == str(DISK_FULL.retry_after)
    assert answer.json() == {
        "type": "server_error",
        "errors": [{"code": "disk_full", "detail": DISK_FULL.detail, "attr": None}],
    }


def test_below_the_mark_uploads_and_jobs_are_refused_and_reads_are_not(
    api: APIClient, project: Project, settings: Settings
) -> None:
    settings.DISK_RESERVE_MB = 1_000_000_000
    address = f"/api/v1/projects/{project.pk}/"
    assert_says_disk_full(send(api))
    assert_says_disk_full(api.post(f"{address}generate/"))
    assert_says_disk_full(api.post(f"{address}exports/", {"platforms": ["gif"]}))
    assert_says_disk_full(api.post(f"{address}frames/0/retry/", {"prompt": "higher"}))
    assert api.get(address).status_code == 200
    assert api.delete(address).status_code == 204
    settings.DISK_RESERVE_MB = 1
    assert send(api).status_code == 201


def test_an_upload_that_meets_a_full_disk_leaves_nothing_and_is_taken_when_there_is_room(
    api: APIClient, disk: Path
) -> None:
    with filled(disk):
        assert_says_disk_full(send(api))
    assert Project.objects.count() == 0
    assert [path for path in disk.rglob("*") if path.is_file()] == []
    assert send(api).status_code == 201


def test_an_upload_that_cannot_be_decoded_for_want_of_room_is_not_called_damaged(
    api: APIClient, settings: Settings, tmp_path: Path
) -> None:
    settings.DISK_RESERVE_MB = 0
    with small_disk(tmp_path / "decoding", 64 * 1024) as folder:
        settings.FILE_UPLOAD_TEMP_DIR = folder
        with filled(folder):
            assert_says_disk_full(send(api, png(size=300)))
    assert Project.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_full_database_refuses_what_it_cannot_keep_and_goes_on(api: APIClient) -> None:
    if connection.vendor != "sqlite":
        return
    with full_database():
        answers = (send(api) for _ in range(40))  # the first may find room in pages that are not full
        assert_says_disk_full(next(answer for answer in answers if answer.status_code != 201))
        assert api.get("/api/v1/projects/").status_code == 200
    assert send(api).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_page_that_a_full_database_fails_says_what_it_is(owner: User) -> None:
    if connection.vendor != "sqlite":
        return
    owner.set_password("a long password")
    owner.save()
    with full_database():
        client = Client(raise_request_exception=False)
        answer = client.post("/accounts/login/", {"login": owner.email, "password": "a long password"})
    assert (answer.status_code, answer["Retry-After"]) == (507, str(DISK_FULL.retry_after))
    assert DISK_FULL.detail in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_export_on_a_full_disk_fails_in_words_and_the_next_succeeds(project: Project, disk: Path) -> None:
    _move_files(project, disk)
    with filled(disk):
        (failed,) = export(project, ["gif"])
        jobs.run(str(failed.job_id))
    failed.refresh_from_db()
    assert (failed.status, failed.error) == ("failed", DISK_FULL.detail)
    (again,) = export(project, ["gif"])
    jobs.run(str(again.job_id))
    assert Export.objects.get(pk=again.pk).status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_waits_while_the_disk_has_little_room(project: Project, settings: Settings) -> None:
    (row,) = export(project, ["gif"])
    settings.DISK_RESERVE_MB = 1_000_000_000
    jobs.run(str(row.job_id))
    row.job.refresh_from_db()
    assert (row.job.status, row.job.attempts) == ("queued", 0)
    settings.DISK_RESERVE_MB = 1
    jobs.run(str(row.job_id))
    row.job.refresh_from_db()
    assert row.job.status == "succeeded"


def _move_files(project: Project, disk: Path) -> None:
    """Bring the project's files, which were stored before, to the small disk."""
    for path in (django_settings.DATA_DIR / "media").rglob(f"{project.pk}/*"):
        target = disk / "projects" / str(project.pk) / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
