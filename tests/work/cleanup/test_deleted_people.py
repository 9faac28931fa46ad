"""A person is deleted with all that is theirs, in time that grows with their emoji, and nobody else's is touched."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from animations import storage
from animations.actions.projects.delete import trash
from animations.models import GpuCall, PersonDeletion
from animations.work.cleanup import deleted_people
from animations.work.cleanup.deleted_people import delete_people
from tests.conftest import MakePerson, MakeProject

QUERIES_PER_PROJECT = 40


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a round take as long as it needs: how much it does is what is counted here."""
    monkeypatch.setattr(deleted_people, "MAX_SECONDS", 60.0)


def test_a_person_with_many_emoji_goes_with_all_that_is_theirs_in_one_round(
    unhurried: None, new_person: MakePerson, new_project: MakeProject, valkey: object, transactional_db: None
) -> None:
    kept = new_project(new_person("kept"))
    before, folders = _counts(), storage.project_ids()
    person = new_person("going")
    for _ in range(60):
        new_project(person, frames=1, candidates=1)
    trash(person.projects.earliest("pk"))
    PersonDeletion.request(person)
    with CaptureQueriesContext(connection) as queries:
        assert delete_people() == 1
    assert len(queries) < 60 * QUERIES_PER_PROJECT + 60
    assert _counts() == before
    assert kept.pk in folders
    assert storage.project_ids() == folders
    assert not GpuCall.objects.filter(user=None).exclude(project=None, job=None).exists()


def test_a_round_ends_with_its_time_however_many_people_wait(
    monkeypatch: pytest.MonkeyPatch, new_person: MakePerson
) -> None:
    monkeypatch.setattr(deleted_people, "MAX_SECONDS", 0)
    for number in range(3):
        PersonDeletion.request(new_person(f"going-{number}"))
    assert [(delete_people(), User.objects.count()) for _ in range(4)] == [(1, 2), (1, 1), (1, 0), (0, 0)]


def _counts() -> dict[str, int]:
    """Return how many rows each table about people has, but that of calls: these are kept, without their person."""
    tables = [model for model in apps.get_models() if model._meta.app_label in ("animations", "auth", "account")]
    return {model.__name__: model._default_manager.count() for model in tables if model is not GpuCall}
