"""What fails in web, in a socket and in a job reaches the collector, and nothing of what people have made."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from rq import Queue
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from animations.actions import tickets
from animations.models import Project, Source
from tests.conftest import MakeProject, png
from tests.emojiforge.error_reports.collector import Collector, running_collector
from tests.emojiforge.valkey import Valkey
from tests.polling import until
from tests.web_process import ROOT, Web, database_of_tests, web_process

pytestmark = pytest.mark.django_db(transaction=True)

PROMPT = "a dancing walrus for aunt wilhelmine"
FILE_NAME = "wilhelmine-passport-scan"
PICTURE = base64.b64encode(png(size=16)).decode()
JOBS = "tests.emojiforge.work_horse_jobs"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with running_collector() as started:
        yield started


@pytest.fixture(scope="module")
def web(surroundings: str, collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    own = database_of_tests() | {"SENTRY_DSN": collector.dsn, "SENTRY_RELEASE": "release-8"}
    with web_process(tmp_path_factory.mktemp("web"), **own) as started:
        yield started


@pytest.fixture(autouse=True)
def _nothing_collected_yet(collector: Collector) -> None:
    collector.envelopes.clear()


@pytest.fixture
def broken(owner: User, new_project: MakeProject) -> Project:
    """Make a project of which one column is not of its shape, so that whoever reads it fails."""
    project = new_project(owner, name=FILE_NAME, prompt=PROMPT)
    Source.objects.filter(project=project).update(kind=Source.Kind.CLIP, clip_times_ms=7)
    return project


@pytest.fixture
def cookie(owner: User) -> str:
    client = Client()
    client.force_login(owner)
    return client.cookies["sessionid"].value


def assert_says_nothing_of(collector: Collector, *secrets: str) -> None:
    sent = b"\n".join(collector.envelopes)
    for secret in (PROMPT, FILE_NAME, PICTURE, "owner@example.com", "walrus", str(ROOT), *secrets):
        assert secret.encode() not in sent, secret


def test_an_error_in_a_view_is_reported_without_what_was_asked(
    web: Web, collector: Collector, broken: Project, cookie: str
) -> None:
    url = f"{web.url}/api/v1/projects/{broken.pk}/?words={FILE_NAME}"
    token = "csrf" * 8
    headers = {"Cookie": f"sessionid={cookie}; csrftoken={token}", "X-CSRFToken": token}
    body = {"name": FILE_NAME, "alt_text": PICTURE[:200]}
    answer = httpx.patch(url, json=body, headers=headers, timeout=20)
    assert answer.status_code == 500
    until(lambda: collector.envelopes, 10, "the report")
    (event,) = collector.events()
    assert event["exception"]["values"][-1]["type"] == "TypeError"
    assert (event["environment"], event["release"]) == ("production", "release-8")
    assert_says_nothing_of(collector, cookie, token, PICTURE[:60])


def test_an_error_in_a_socket_is_reported_without_its_ticket(
    web: Web, collector: Collector, broken: Project, owner: User
) -> None:
    ticket = tickets.issue(owner)
    url = f"{web.url.replace('http', 'ws')}/ws/projects/{broken.pk}/?ticket={ticket}"
    with connect(url, proxy=None) as open_socket, pytest.raises(ConnectionClosed):
        open_socket.recv(timeout=10)
    until(lambda: collector.envelopes, 10, "the report")
    (event,) = collector.events()
    assert event["logger"] == "animations.consumers.socket"
    assert event["extra"]["ids"] == [str(broken.pk)]
    assert_says_nothing_of(collector, ticket)


def test_answers_that_refuse_are_not_reported(web: Web, collector: Collector) -> None:
    assert httpx.get(f"{web.url}/api/v1/projects/", timeout=20).status_code == 401
    assert httpx.get(f"{web.url}/healthz", headers={"Host": "elsewhere.example"}, timeout=20).status_code == 400
    time.sleep(0.3)
    assert collector.envelopes == []


def run_one_job(directory: Path, name: str, *arguments: Any, dsn: str) -> float:
    """Have a real worker do one job; return how long it took, from its start in the queue to the worker's end."""
    redis = Valkey(directory / "redis")
    queue = Queue("interactive", connection=redis.client)
    environment = os.environ | {"REDIS_URL": redis.url, "DATA_DIR": str(directory / "data"), "SENTRY_DSN": dsn}
    command = [sys.executable, "-m", "emojiforge.worker", "interactive"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: redis.client.scard("rq:workers") >= 1, 60, "the worker")
        began = time.monotonic()
        queue.enqueue(f"{JOBS}.{name}", *arguments)
        until(lambda: queue.failed_job_registry.count == 1, 30, "the failure")
        worker.terminate()
        worker.wait(20)
        return time.monotonic() - began
    finally:
        worker.kill()
        worker.wait()
        redis.close()


def test_an_error_in_a_job_is_reported_before_its_process_ends(collector: Collector, tmp_path: Path) -> None:
    run_one_job(tmp_path, "refuse", PROMPT, PICTURE, dsn=collector.dsn)
    (event,) = collector.events()
    assert event["logger"] == "emojiforge.worker"
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "refuse"
    assert_says_nothing_of(collector)


def test_a_collector_that_is_away_or_silent_holds_up_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        dsn = f"http://a1b2c3@127.0.0.1:{silent.getsockname()[1]}/7"
        assert run_one_job(tmp_path / "silent", "refuse", PROMPT, PICTURE, dsn=dsn) < 20
