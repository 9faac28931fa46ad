"""A process that is killed at any step of a deletion leaves what the reconciler's rounds bring to an end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from animations import storage
from animations.actions.projects.delete import delete, trash
from animations.models import PersonDeletion, Project
from animations.work.cleanup import deleted_projects
from animations.work.cleanup.deleted_people import delete_people
from animations.work.cleanup.deleted_projects import delete_abandoned_folders, empty_trash
from animations.work.cleanup.project_files import named_files
from tests.conftest import MakePerson, MakeProject

pytestmark = pytest.mark.django_db(transaction=True)

STRIDE = 10
"""Queries before the commit are undone alike, and every tenth is enough; of the steps on files, each is tried."""


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path, valkey: redis.Redis) -> None:
    settings.MEDIA_ROOT = tmp_path


def empty_old_trash() -> None:
    Project.objects.filter(trashed_at__isnull=False).update(trashed_at=timezone.now() - 2 * Project.TRASH_KEPT)
    empty_trash()


def delete_person(person: User) -> None:
    PersonDeletion.request(person)
    delete_people()


def trash_and_empty(project: Project) -> None:
    trash(project)
    empty_old_trash()


WAYS: dict[str, Callable[[Project], object]] = {
    "deleted": delete,
    "trashed": trash_and_empty,
    "person": lambda project: delete_person(project.owner),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_deletion_that_is_killed_is_as_if_never_begun_or_comes_to_its_end(
    way: str, new_person: MakePerson, new_project: MakeProject, tmp_path: Path
) -> None:
    kept = new_project(new_person("kept"), frames=1, candidates=1)
    for number, step in enumerate(kill_steps()):
        project = new_project(new_person(f"going-{number}"), frames=1, candidates=1)
        killed = is_killed(step, partial(WAYS[way], project))
        for each in Project.objects.all():
            assert named_files(each.pk) == storage.project_files(each.pk), f"after {step}"
        finish_deletions(way, tmp_path)
        left = Project.objects.filter(pk=project.pk)
        assert storage.project_ids() == {kept.pk, *left.values_list("pk", flat=True)}, f"after {step}"
        left.delete()
        if not killed and step[0] == "file":
            return


def kill_steps() -> Iterator[tuple[str, int]]:
    """Name the steps at which the process is killed: at a query, and at a step on files."""
    yield from (("query", number) for number in range(1, 40, STRIDE))
    yield from (("file", number) for number in count(1))


def is_killed(step: tuple[str, int], act: Callable[[], object]) -> bool:
    """Act in a process that is killed at this step; return whether it came to it."""
    connection.close()
    if (pid := os.fork()) == 0:
        try:
            with ExitStack() as stack:
                _be_killed_at(step, stack)
                act()
                os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def _be_killed_at(step: tuple[str, int], stack: ExitStack) -> None:
    kind, number = step
    passed = count(1)

    def count_then(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if next(passed) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **options)

    if kind == "query":
        stack.enter_context(connection.execute_wrapper(count_then))
    for name in ("listdir", "delete") if kind == "file" else ():
        call = getattr(default_storage, name)
        setattr(default_storage, name, lambda *args, call=call: count_then(call, *args))


def finish_deletions(way: str, media: Path) -> None:
    """Do the reconciler's later rounds: what nobody takes back, and the folders that are old by then."""
    if way == "trashed":
        empty_old_trash()
    delete_people()
    for path in media.glob("projects/*"):
        for each in (*path.iterdir(), path):
            os.utime(each, (time.time() - 7200,) * 2)
    cache.delete(deleted_projects._LAST_RUN_KEY)
    delete_abandoned_folders()
