"""Requests that come slowly, to the real server: hostile ones shut nobody out, and honest ones arrive."""

from __future__ import annotations

import resource
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from emojiforge.http.body_limits import MAX_LARGE_PER_SENDER, MAX_SMALL_BYTES
from tests.polling import until
from tests.stack.product import Person
from tests.web_process import Web, database_of_tests, web_process

MB = 1_000_000
PROJECTS = "/api/v1/projects/"


@pytest.fixture(scope="module")
def web(surroundings: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Yield a server that was started with few files, as a shell gives them."""
    with ExitStack() as stack:
        with few_files():
            web = stack.enter_context(web_process(tmp_path_factory.mktemp("web"), **database_of_tests()))
        yield web


@pytest.fixture(scope="module")
def short_deadline_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Yield a server whose deadlines are short."""
    with web_process(
        tmp_path_factory.mktemp("deadlines"), module="tests.emojiforge.http.short_deadline_server"
    ) as web:
        yield web


@contextmanager
def few_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def head(*lines: str, path: str = PROJECTS) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def drip(connection: socket.socket, data: bytes, size: int, pause: float) -> bytes:
    """Send `data` in pieces until it is all there or an answer comes, and return the answer."""
    connection.settimeout(pause)
    for start in range(0, len(data), size):
        connection.sendall(data[start : start + size])
        try:
            return connection.recv(4096)
        except TimeoutError:
            continue
    connection.settimeout(10)
    return connection.recv(4096)


def test_eleven_hundred_slow_headers_shut_nobody_out(web: Web) -> None:
    assert httpx.get(f"{web.url}/healthz").status_code == 200  # the first request loads the pages
    with ExitStack() as stack:
        for _ in range(1100):
            stack.enter_context(web.connect()).sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        before = web.processor_seconds()
        for _ in range(3):
            assert httpx.get(f"{web.url}/healthz", timeout=20).status_code == 200
        assert web.processor_seconds() - before < 1
        assert web.peak() <= 150 * MB


def test_headers_have_a_deadline_however_they_drip(short_deadline_web: Web) -> None:
    started = time.monotonic()
    with short_deadline_web.connect() as connection:  # all of it would take 20 s
        answer = drip(connection, b"GET /api/v1/ HTTP/1.1\r\nX-Slow: " + b"x" * 5000, 50, 0.2)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "too_slow"' in answer
    assert 1.5 < time.monotonic() - started < 15


def test_a_first_line_has_a_deadline_too(short_deadline_web: Web) -> None:
    with short_deadline_web.connect() as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        drip(connection, b"GET /" + b"x" * 1000, 10, 0.2)


def test_a_body_that_drips_is_given_up(short_deadline_web: Web) -> None:
    with short_deadline_web.connect() as connection:
        connection.sendall(head("Content-Length: 60000"))
        assert drip(connection, bytes(60_000), 100, 0.1).startswith(b"HTTP/1.1 408 ")


def test_a_slow_honest_body_arrives_after_the_first_deadline(short_deadline_web: Web) -> None:
    started = time.monotonic()
    with short_deadline_web.connect() as connection:
        connection.sendall(head("Content-Length: 60000"))
        assert drip(connection, bytes(60_000), 4000, 0.2).startswith(b"HTTP/1.1 401 ")
    assert time.monotonic() - started > 2.5


def test_a_connection_may_wait_longer_than_that_between_requests(short_deadline_web: Web) -> None:
    with short_deadline_web.connect() as connection:
        for _ in range(2):
            connection.sendall(head("Content-Length: 2") + b"{}")
            assert connection.recv(4096).startswith(b"HTTP/1.1 401 ")
            time.sleep(2.5)


@pytest.mark.parametrize(
    ("path", "status"), [(PROJECTS, b"401"), ("/accounts/login/", b"413"), ("/hooks/gpu/forged:signature/", b"413")]
)
def test_a_large_body_of_a_stranger_is_refused_before_it_is_sent(web: Web, path: str, status: bytes) -> None:
    for lines in (f"Content-Length: {MAX_SMALL_BYTES + 1}", "Transfer-Encoding: chunked"):
        with web.connect() as connection:
            connection.sendall(head(lines, path=path))
            if "chunked" in lines:
                connection.sendall(b"%x\r\n" % (MAX_SMALL_BYTES + 1) + bytes(MAX_SMALL_BYTES + 1))
            assert connection.recv(4096).startswith(b"HTTP/1.1 " + status)


def readable_connections(connections: list[socket.socket], count: int) -> list[socket.socket] | None:
    """Return the connections on which an answer waits, once there are so many."""
    readable, _, _ = select.select(connections, [], [], 0)
    return readable if len(readable) >= count else None


def test_forty_slow_bodies_of_one_sender_hold_little_memory(web: Web, person: Person) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(web.connect()) for _ in range(40)]
        for connection in slow:
            connection.sendall(head(f"Content-Length: {24 * MB}", f"X-Session-Token: {person.token}"))
        refused = until(
            lambda: readable_connections(slow, 40 - MAX_LARGE_PER_SENDER),
            10,
            "the answers to those that are too many",
        )
        for connection in refused:
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 429 ")
            assert b"\r\nRetry-After: 5\r\n" in answer
        for connection in set(slow) - set(refused):
            connection.sendall(bytes(10 * MB))
        assert httpx.get(f"{web.url}/healthz", timeout=20).status_code == 200
        assert web.peak() <= 150 * MB


@pytest.mark.parametrize("size", [MB + 1, 3 * MB])
def test_a_body_that_the_disk_has_no_room_for_is_507(web: Web, person: Person, size: int) -> None:
    resource.prlimit(web.process.pid, resource.RLIMIT_FSIZE, (MB, resource.RLIM_INFINITY))
    try:
        answer = person.http.post("projects/", content=bytes(size))
    finally:
        resource.prlimit(web.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (507, "disk_full")
    assert answer.json()["type"] == "server_error"
