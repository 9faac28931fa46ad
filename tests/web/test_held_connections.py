"""A request gives its connection to the database back before it waits for something else: the pool has but twenty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from animations.actions import uploads
from tests.conftest import ClientOf, MakeProject, png

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN_BACK = "given back"


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note when a connection is given back, and when database, files and queue are asked."""
    found: list[str] = []

    def noting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any) -> Any:
            found.append(name)
            return function(*args)

        return noted

    def note_query(execute: Callable[..., Any], *query: Any) -> Any:
        found.append("query")
        return execute(*query)

    with monkeypatch.context() as watched:
        watched.setattr(connection, "close_at", 0.0)  # as with the pool: no connection outlives its use
        watched.setattr(connection, "close", lambda: found.append(GIVEN_BACK))
        watched.setattr(default_storage, "open", noting("open", default_storage.open))
        watched.setattr(default_storage, "save", noting("save", default_storage.save))
        watched.setattr(uploads, "decode_queue", noting("queue", uploads.decode_queue))
        with connection.execute_wrapper(note_query):
            yield found


def test_while_the_storage_is_asked_for_a_file(
    request: pytest.FixtureRequest, owner: User, client_of: ClientOf, new_project: MakeProject
) -> None:
    project, client = new_project(owner), client_of(owner)
    events: list[str] = request.getfixturevalue("events")
    answer = client.get(reverse("source-file", args=[project.source.pk, "picture"]))
    assert answer.status_code == 200
    answer.close()
    assert events[events.index("open") - 1] == GIVEN_BACK


def test_while_an_upload_waits_for_its_turn_and_is_stored(
    request: pytest.FixtureRequest, owner: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    events: list[str] = request.getfixturevalue("events")
    fields = {"source": ContentFile(png(size=64), "a.png"), "prompt": "subtle bounce"}
    answer = client.post("/api/v1/projects/", fields, format="multipart")
    assert answer.status_code == 201, answer.content
    for name in ("queue", "save"):
        assert events[events.index(name) - 1] == GIVEN_BACK
