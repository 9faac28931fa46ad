"""The real web process while Redis or the database is away: it does without, or says so with 503 and goes on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.polling import until
from tests.postgres import Postgres, running_postgres
from tests.web_process import ROOT, Web, web_process

NOWHERE = "redis://127.0.0.1:1/0"


class Visitor:
    """Somebody who signs up, and uses the API with a session token."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.account = {"email": f"{uuid.uuid4().hex}@example.com", "password": uuid.uuid4().hex}
        self.status = self.enter("signup").status_code

    def enter(self, way: str) -> httpx.Response:
        """Sign up or in, from now on with the token of that."""
        self.http.headers.pop("X-Session-Token", None)
        answer = self.http.post(f"/_allauth/app/v1/auth/{way}", json=self.account)
        if answer.status_code == 200:
            self.http.headers["X-Session-Token"] = answer.json()["meta"]["session_token"]
        return answer

    def ticket(self) -> httpx.Response:
        return self.http.post("/api/v1/tickets/")


@contextmanager
def visited(folder: Path, **environment: str) -> Iterator[tuple[Web, Visitor]]:
    """Yield a web process on a new database, by default on SQLite in `folder`, and its first visitor."""
    values = {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "REDIS_URL": NOWHERE} | environment
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA_DIR": str(folder)} | values, check=True)
    with web_process(folder, **values) as web, httpx.Client(base_url=web.url, timeout=20) as http:
        yield web, Visitor(http)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres("max_connections=60") as server:
        yield server


def test_people_sign_up_and_in_and_get_tickets_without_redis(tmp_path: Path) -> None:
    with visited(tmp_path) as (web, visitor):
        assert visitor.status == 200
        assert visitor.enter("login").status_code == 200
        assert visitor.ticket().status_code == 201
        assert visitor.http.get("/api/v1/projects/").status_code == 200
        assert web.log.read_text().count("the cache is unavailable") == 1


def test_a_locked_database_is_503_after_a_few_seconds_and_over_with_the_lock(tmp_path: Path) -> None:
    with visited(tmp_path) as (_, visitor):
        with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            answer = visitor.enter("login")
            assert time.monotonic() - began < 10
        assert_unavailable(answer)
        assert visitor.enter("login").status_code == 200


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["errors"][0]["code"] == "unavailable"
    assert answer.json()["type"] == "server_error"


def test_postgresql_away_is_503_and_over_as_soon_as_it_is_back(tmp_path: Path, postgres: Postgres) -> None:
    with visited(tmp_path, DATABASE_URL=postgres.url()) as (web, visitor):
        postgres.stop()
        try:
            assert_unavailable(visitor.http.get("/api/v1/projects/"))
            page = httpx.get(web.url, headers={"Cookie": f"sessionid={'x' * 32}"}, timeout=20)
            assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
            assert "text/html" in page.headers["Content-Type"]
            assert "Traceback" not in web.log.read_text(), "each request would write one"
        finally:
            postgres.start()
        until(lambda: visitor.http.get("/api/v1/projects/").status_code == 200, 8, "it goes on")


def test_postgresql_that_hangs_is_503_after_some_seconds_and_over_as_soon_as_it_goes_on(
    tmp_path: Path, postgres: Postgres
) -> None:
    with visited(tmp_path, DATABASE_URL=postgres.url()) as (_, visitor):
        postgres.hang()
        try:
            with ThreadPoolExecutor(4) as threads:
                answers = list(threads.map(lambda _: visitor.http.get("/api/v1/projects/"), range(4)))
        finally:
            postgres.resume()
        for answer in answers:
            assert_unavailable(answer)
            assert answer.elapsed.total_seconds() < 16, "one that looks at the server holds up no other"
        until(lambda: visitor.http.get("/api/v1/projects/").status_code == 200, 8, "it goes on")


def test_many_requests_at_once_use_few_connections_to_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    with visited(tmp_path, DATABASE_URL=postgres.url()) as (_, visitor):
        with ThreadPoolExecutor(24) as threads:
            answers = list(threads.map(lambda _: visitor.http.get("/api/v1/projects/").status_code, range(300)))
        assert Counter(answers) == {200: 300}
        assert connections(postgres) <= 20


def connections(postgres: Postgres) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename IS NOT NULL AND pid <> pg_backend_pid()"
    with psycopg.connect(postgres.url()) as monitor:
        found: tuple[Any, ...] = monitor.execute(query).fetchone() or ()
    return int(found[0])
