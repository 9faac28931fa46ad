"""Downloads from the real server: readers that are slow, that stop, and that ask for a part."""

from __future__ import annotations

import hashlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from animations.models import Project, Source
from animations.web.downloads import MAX_PER_PERSON
from tests.polling import until
from tests.web_process import Web, database_of_tests, web_process

MB = 1_000_000
ORIGINAL = os.urandom(19 * MB)


@pytest.fixture(scope="module")
def web(surroundings: str, django_db_setup: None) -> Iterator[Web]:
    with web_process(Path(settings.DATA_DIR), **database_of_tests()) as web:
        yield web


@pytest.fixture(scope="module")
def short_deadline_web(
    surroundings: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """Yield a server whose deadlines are short."""
    folder = tmp_path_factory.mktemp("deadlines")
    (folder / "media").symlink_to(settings.MEDIA_ROOT)
    with web_process(folder, module="tests.emojiforge.http.short_deadline_server", **database_of_tests()) as web:
        yield web


class Reader:
    """Somebody who is signed in and owns a project with an original of 19 MB."""

    def __init__(self, web: Web, name: str, stored: str) -> None:
        self.web = web
        person = User.objects.create_user(name, f"{name}@example.com")
        project = Project.objects.create(owner=person, name=name, status="ready", frame_count=12)
        self.source = Source.objects.create(
            project=project, original=stored, original_format="png", picture=stored, width=9, height=9
        )
        client = Client()
        client.force_login(person)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    @property
    def path(self) -> str:
        return f"/media/sources/{self.source.pk}/original"

    def get(self, **headers: str) -> httpx.Response:
        sent = {"Cookie": self.cookie} | {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(self.web.url + self.path, headers=sent, timeout=30)

    def ask(self, stack: ExitStack, web: Web | None = None, part: str = "0-") -> socket.socket:
        """Ask for the original, or a part of it, on a connection that takes in little at a time."""
        connection = stack.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", (web or self.web).port))
        lines = [f"GET {self.path} HTTP/1.1", "Host: localhost", f"Cookie: {self.cookie}", f"Range: bytes={part}"]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection


@pytest.fixture
def new_reader(web: Web, transactional_db: None) -> Iterator[Callable[[], Reader]]:
    stored = default_storage.save("originals/original.png", ContentFile(ORIGINAL))
    count = iter(range(1000))
    yield lambda: Reader(web, f"reader-{next(count)}", stored)
    default_storage.delete(stored)


def files_of(web: Web) -> int:
    """Return how many files of originals the process has open."""
    return sum("/originals/" in file.path for file in psutil.Process(web.process.pid).open_files())


def is_closed(connection: socket.socket) -> bool:
    """Return whether the server has aborted the connection."""
    poll = select.poll()
    poll.register(connection, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def status_of(connection: socket.socket) -> int:
    return int(connection.recv(12).split()[1])


def test_forty_slow_readers_hold_little_memory_and_a_fast_one_is_served(
    web: Web, new_reader: Callable[[], Reader]
) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            reader = new_reader()
            slow = [reader.ask(stack) for _ in range(8)]
            assert [status_of(connection) for connection in slow] == [206] * 8
        time.sleep(1)
        started = time.perf_counter()
        answer = new_reader().get()
        seconds = time.perf_counter() - started
        assert hashlib.sha256(answer.content).digest() == hashlib.sha256(ORIGINAL).digest()
        assert seconds < 10  # alone half a second; a slow reader is given more than a minute
        assert web.peak() <= 150 * MB


def test_three_hundred_readers_at_once_are_served_within_the_memory(
    web: Web, new_reader: Callable[[], Reader]
) -> None:
    with ExitStack() as stack:
        readers = [new_reader() for _ in range(6)]
        asked = [reader.ask(stack, part="0-990000") for _ in range(50) for reader in readers]
        assert {status_of(connection) for connection in asked} == {206}
        time.sleep(1)
        assert new_reader().get(Range="bytes=0-99").status_code == 206
        assert web.peak() <= 150 * MB


def test_one_download_too_many_is_refused_until_another_ends(new_reader: Callable[[], Reader]) -> None:
    reader = new_reader()
    with ExitStack() as stack:
        assert [status_of(reader.ask(stack)) for _ in range(MAX_PER_PERSON)] == [206] * MAX_PER_PERSON
        refused = reader.get()
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
        assert refused.text.endswith("Try again when one of them is done.")
        assert reader.get(Range="bytes=0-99").status_code == 429
        assert new_reader().get().status_code == 200
    until(lambda: reader.get().status_code == 200, 10, "the closed downloads are counted no longer")


def test_a_reader_that_stops_is_closed_and_a_slow_one_is_not(
    short_deadline_web: Web, new_reader: Callable[[], Reader]
) -> None:
    reader = new_reader()
    with ExitStack() as stack:
        stopped, slow = (reader.ask(stack, web=short_deadline_web) for _ in range(2))
        until(lambda: files_of(short_deadline_web) == 2, 10, "both answers have begun")
        read, deadline = 0, time.monotonic() + 6
        while time.monotonic() < deadline:
            read += len(slow.recv(65_536))
            time.sleep(0.005)
        assert read > MB
        assert files_of(short_deadline_web) == 1
        assert [is_closed(connection) for connection in (stopped, slow)] == [True, False]


def test_a_file_is_closed_when_its_reader_goes(web: Web, new_reader: Callable[[], Reader]) -> None:
    reader = new_reader()
    with ExitStack() as stack:
        assert [status_of(reader.ask(stack)) for _ in range(3)] == [206] * 3
        until(lambda: files_of(web) == 3, 10, "nothing but the three files is open")
    until(lambda: files_of(web) == 0, 10, "the files are closed")


def test_a_download_goes_on_where_it_was_cut_off(new_reader: Callable[[], Reader]) -> None:
    reader = new_reader()
    first = reader.get(Range="bytes=0-4999999")
    rest = reader.get(Range="bytes=5000000-", If_Range=first.headers["ETag"])
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["Content-Range"] == "bytes 5000000-18999999/19000000"
    assert first.content + rest.content == ORIGINAL
