"""Folders without a row, rows that are old, and what killed processes leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from animations import storage
from animations.models import Candidate, Export, Frame, GpuCall, IdempotencyKey, Job, Project
from animations.work.cleanup.deleted_projects import delete_abandoned_folders
from animations.work.cleanup.old_rows import (
    CALL_RETENTION,
    JOB_RETENTION,
    KEY_RETENTION,
    PREVIEW_RETENTION,
    delete_old_rows,
)
from animations.work.cleanup.project_files import sweep
from animations.work.cleanup.scratch import MIN_FILE_AGE_SECONDS, MIN_FOLDER_AGE_SECONDS, delete_scratch
from animations.work.reconcile import reconcile
from tests.conftest import MakeProject

pytestmark = pytest.mark.django_db
HOLD = """
import sys
from pathlib import Path
from animations.ingest.client import temporary_folder
with temporary_folder(Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path, valkey: redis.Redis) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "tmp"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


def grow_old(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    for each in (*path.rglob("*"), path):
        os.utime(each, (then, then))


@pytest.mark.parametrize("age", [7200, -7200])  # the clock was set back
def test_the_folder_of_a_project_without_a_row_goes_once_it_is_old(
    owner: User, new_project: MakeProject, valkey: redis.Redis, settings: Settings, age: int
) -> None:
    kept, gone, young = new_project(owner), uuid4(), uuid4()
    for project_id in (gone, young):
        storage.save(project_id, b"of an upload that was killed", "png")
    grow_old(settings.MEDIA_ROOT / storage.folder(gone), age)
    grow_old(settings.MEDIA_ROOT / storage.folder(kept.pk), age)
    assert delete_abandoned_folders() == 1
    assert storage.project_ids() == {kept.pk, young}
    assert delete_abandoned_folders() == 0


def test_the_folder_of_a_copy_under_way_is_young_although_its_files_are_old(
    owner: User, new_project: MakeProject, settings: Settings
) -> None:
    project, copied = new_project(owner), uuid4()
    grow_old(settings.MEDIA_ROOT / storage.folder(project.pk), 7200)
    for name in storage.project_files(project.pk):
        storage.copy_file(name, copied)
    assert delete_abandoned_folders() == 0
    assert copied in storage.project_ids()


def test_folders_are_looked_through_once_an_hour(settings: Settings) -> None:
    delete_abandoned_folders()
    late = uuid4()
    storage.save(late, b"x", "png")
    grow_old(settings.MEDIA_ROOT / storage.folder(late), 7200)
    assert delete_abandoned_folders() == 0
    assert storage.project_ids() == {late}


def test_rows_are_deleted_at_their_age_and_not_before(owner: User, new_project: MakeProject) -> None:
    now = timezone.now()
    _rows(owner, new_project(owner), {"old": timedelta(hours=-1), "young": timedelta(hours=1)}, now)
    delete_old_rows()
    assert {key.key for key in IdempotencyKey.objects.all()} == {"young"}
    assert {call.endpoint for call in GpuCall.objects.exclude(endpoint="")} == {"young"}
    assert {session.session_data for session in Session.objects.all()} == {"young"}
    assert {job.error for job in Job.objects.exclude(error="")} == {"young"}


def _rows(owner: User, project: Project, ages: dict[str, timedelta], now: datetime) -> None:
    """Write rows that are an hour past their age, and rows that are an hour before it."""
    for name, left in ages.items():
        Session.objects.create(session_key=name, session_data=name, expire_date=now + left)
        key = IdempotencyKey.objects.create(user=owner, route="POST", key=name, body_digest="x")
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=now - KEY_RETENTION + left)
        call = GpuCall.objects.create(user=owner, key=name, task="rembg", endpoint=name, status="succeeded")
        GpuCall.objects.filter(pk=call.pk).update(created_at=now - CALL_RETENTION + left)
        job = Job.objects.create(project=project, kind="retry", status="failed", error=name, revision=1)
        ended = now - JOB_RETENTION + left
        Job.objects.filter(pk=job.pk).update(created_at=ended, finished_at=ended)


def test_a_preview_goes_after_a_day_with_its_file(project: Project) -> None:
    export = Export.objects.get()
    (file,) = export.files.all()
    Export.objects.update(is_preview=True)
    done = timezone.now() - PREVIEW_RETENTION
    for later, is_there in ((timedelta(minutes=1), True), (-timedelta(minutes=1), False)):
        Job.objects.filter(pk=export.job_id).update(kind="preview", finished_at=done + later)
        delete_old_rows()
        assert Export.objects.exists() is is_there
    sweep(project.pk)
    assert storage.stored_size(str(file.file.name)) is None


def test_old_exports_go_with_their_files_but_not_a_project_s_latest_job(
    owner: User, new_project: MakeProject
) -> None:
    project = new_project(owner)
    long_ago = timezone.now() - 2 * JOB_RETENTION
    Job.objects.update(created_at=long_ago, finished_at=long_ago)
    export = Export.objects.get()
    (file,) = export.files.all()
    latest = Job.objects.create(project=project, kind="generate", status="succeeded", revision=1)
    Job.objects.filter(pk=latest.pk).update(finished_at=long_ago)
    delete_old_rows()
    sweep(project.pk)
    assert list(Job.objects.values_list("pk", flat=True)) == [latest.pk]
    assert not Export.objects.exists()
    assert storage.stored_size(str(file.file.name)) is None


def test_a_removed_frame_is_kept_for_a_day_with_its_files_unless_a_job_works_on_it(project: Project) -> None:
    old, young, worked_on = project.frames.all()
    files = {str(one.cutout) for one in Candidate.objects.filter(frame=old)}
    for frame, minutes in ((old, 1), (young, -1), (worked_on, 1)):
        removed_at = timezone.now() - Frame.REMOVED_KEPT - timedelta(minutes=minutes)
        Frame.objects.filter(pk=frame.pk).update(removed_at=removed_at)
    assert sweep(project.pk)
    assert files <= storage.project_files(project.pk)
    Candidate.objects.filter(frame=worked_on).update(
        job=Job.objects.create(project=project, kind="refine", revision=1)
    )
    delete_old_rows()
    assert set(project.frames.all()) == {young, worked_on}
    Job.objects.filter(kind="refine").update(status="succeeded")
    assert Project.objects.unswept().filter(pk=project.pk).exists()
    assert sweep(project.pk)
    assert not files & storage.project_files(project.pk)


def test_what_a_call_brought_is_swept_when_the_call_is_old(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner)
    alpha = storage.save(project.pk, b"an alpha", "png")
    GpuCall.objects.update(results=[{"alpha": alpha}])
    sweep(project.pk)
    GpuCall.objects.update(created_at=timezone.now() - 2 * CALL_RETENTION)
    delete_old_rows()
    assert list(Project.objects.unswept()) == [project]
    sweep(project.pk)
    assert storage.stored_size(alpha) is None


def test_a_folder_goes_when_its_process_is_killed_however_old_and_not_while_it_lives(settings: Settings) -> None:
    places = settings.FILE_UPLOAD_TEMP_DIR
    command = [sys.executable, "-c", HOLD, str(places)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=django_settings.BASE_DIR
    )
    with process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        grow_old(folder, 10 * MIN_FILE_AGE_SECONDS)
        delete_scratch()
        assert folder.exists()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        delete_scratch()
        assert not folder.exists()


@pytest.mark.parametrize("direction", [1, -1])  # the clock was set back
def test_a_new_folder_and_the_body_of_a_request_have_their_time(settings: Settings, direction: int) -> None:
    folder, body = settings.FILE_UPLOAD_TEMP_DIR / "upload-new", settings.FILE_UPLOAD_TEMP_DIR / "body.upload"
    folder.mkdir()
    body.write_bytes(b"x")
    delete_scratch()
    assert folder.exists()
    assert body.exists()
    grow_old(settings.FILE_UPLOAD_TEMP_DIR, direction * (MIN_FILE_AGE_SECONDS + MIN_FOLDER_AGE_SECONDS))
    reconcile()
    assert not folder.exists()
    assert not body.exists()
