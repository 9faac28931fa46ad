"""Projects that are deleted while jobs work on them, in threads as in processes of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from animations import jobs, storage
from animations.models import Candidate, Frame, GpuCall, Job, Project
from animations.work.cleanup.deleted_projects import empty_trash
from tests.conftest import ClientOf
from tests.work.fake_endpoint import FakeEndpoint

PROJECTS = 6


def in_thread(work: Callable[..., Any], *args: Any) -> Any:
    try:
        return work(*args)
    finally:
        connection.close()


@pytest.fixture
def delete(owner: User, client_of: ClientOf) -> Callable[[Project], int]:
    def send(project: Project) -> int:
        client = client_of(owner)
        client.raise_request_exception = False
        return int(client.delete(f"/api/v1/projects/{project.pk}/").status_code)

    return send


@pytest.mark.parametrize("delay", [0.05, 0.3])
def test_a_deletion_under_work_is_done_once_and_leaves_nothing(
    make_project: Callable[..., Project], endpoint: FakeEndpoint, delete: Callable[[Project], int], delay: float
) -> None:
    projects = [make_project(matte="rembg", candidates=1, frame_count=4) for _ in range(PROJECTS)]
    job_ids = [str(project.jobs.get().pk) for project in projects]
    with ThreadPoolExecutor(3 * PROJECTS) as threads:
        runs = [threads.submit(in_thread, jobs.run, job_id) for job_id in job_ids]
        threading.Event().wait(delay)
        answers = [threads.submit(in_thread, delete, project) for project in projects for _ in range(2)]
    assert [run.exception() for run in runs] == [None] * PROJECTS
    assert sorted(answer.result() for answer in answers) == [204] * PROJECTS + [404] * PROJECTS
    assert not Job.objects.live().exists()
    assert not Frame.objects.filter(status__in=Frame.UNFINISHED).exists()
    Project.objects.update(trashed_at=timezone.now() - Project.TRASH_KEPT)
    assert empty_trash() == PROJECTS
    for model in (Project, Job, Frame, Candidate):
        assert not model._default_manager.exists()
    assert not GpuCall.objects.filter(project__isnull=False).exists()
    assert [one for one in projects if Path(default_storage.path(storage.folder(one.pk))).exists()] == []
