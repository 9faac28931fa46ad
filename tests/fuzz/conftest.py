from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from animations.models import Project
from tests.conftest import MakeProject
from tests.web_process import Web, database_of_tests, web_process


@dataclass(frozen=True)
class Fuzzed:
    """A web process, and a person with finished projects who is signed in there."""

    web: Web
    token: str
    projects: list[Project]
    folder: Path

    def client(self, token: str = "") -> httpx.Client:
        return httpx.Client(base_url=self.web.url, headers={"X-Session-Token": token or self.token}, timeout=30)


def sign_in(person: User) -> str:
    """Return the key of a new session of the person."""
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.create()
    return session.session_key or ""


@pytest.fixture
def fuzzed(transactional_db: None, new_project: MakeProject, valkey: object) -> Iterator[Fuzzed]:
    """Serve the rows and the files of the tests from a real web process, which nothing throttles."""
    person = User.objects.create_user("fuzzer", "fuzzer@example.com")
    projects = [new_project(person) for _ in range(3)]
    folder = Path(settings.DATA_DIR)
    with web_process(folder, "tests.fuzz.unthrottled_server", **database_of_tests()) as web:
        yield Fuzzed(web, sign_in(person), projects, folder)
