"""Rows of sets and packs while others write them, too; the same tests run on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from animations.models import EmojiSet, Job, Pack, Project
from animations.models.transitions import revise
from tests.conftest import MakeProject
from tests.models.pack_files import finished_pack

MEANWHILE_S = 0.5


@pytest.fixture
def emoji_set(transactional_db: None, owner: User, new_project: MakeProject) -> EmojiSet:
    found = EmojiSet.objects.create(owner=owner, name="Faces")
    for place in range(2):
        new_project(owner, frames=1, emoji_set=found, set_position=place)
    return found


def in_thread(act: Callable[[], object]) -> threading.Thread:
    def act_and_close() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=act_and_close)
    thread.start()
    return thread


def test_a_set_whose_last_two_emojis_are_deleted_at_once_is_deleted(emoji_set: EmojiSet) -> None:
    first, second = emoji_set.shown_projects()
    with transaction.atomic():
        first.delete()
        other = in_thread(second.delete)
        other.join(MEANWHILE_S)
    other.join()
    assert not Project.objects.exists()
    assert not EmojiSet.objects.exists()


def test_a_set_is_deleted_with_its_last_emoji_also_where_that_was_read_before_it_joined(
    emoji_set: EmojiSet, owner: User, new_project: MakeProject
) -> None:
    emoji_set.projects.all().delete()
    project = new_project(owner, frames=1)
    joined = EmojiSet.objects.create(owner=owner, name="More")
    Project.objects.filter(pk=project.pk).update(emoji_set=joined)
    project.delete()
    assert not EmojiSet.objects.exists()


def test_a_new_pack_locks_no_project_of_an_older_one(emoji_set: EmojiSet) -> None:
    first, second = emoji_set.shown_projects()
    old = finished_pack(emoji_set, first)
    Project.objects.filter(pk=first.pk).update(swept_revision=1)
    job = Job.objects.create(project=second, kind="pack", status="running", revision=1)
    new = Pack.objects.create(set=emoji_set, job=job, platform="signal", title="Faces", status="running", digest="d")
    with CaptureQueriesContext(connection) as captured, revise(second.pk):
        new.succeed([], [], [])
        written = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "animations_project"')]
        assert len(written) == 1, "its own"
    assert not Pack.objects.filter(pk=old.pk).exists()
    first.refresh_from_db()
    assert first.swept_revision == Project.NEVER_SWEPT
