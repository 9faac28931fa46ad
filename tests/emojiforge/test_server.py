"""The real web process refuses what is too large before it reads it, and its memory stays flat."""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web_process import ROOT, Web, start, web_process

FREE_MEMORY = """
from pathlib import Path
from emojiforge.server import return_freed_memory
return_freed_memory()
bytearray(30_000_000)  # from now on glibc by itself would take blocks of up to this size from its heap
blocks = [bytearray(200_000) for _ in range(400)]
del blocks[:-1]
print(next(line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmRSS")))
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_process(tmp_path_factory.mktemp("web")) as web:
        yield web
        with web.connect() as connection:  # a body that is under way does not keep it from ending
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
            web.process.terminate()
            assert web.process.wait(10) == 0


def answer_to(web: Web, head: bytes) -> tuple[float, bytes]:
    """Return the seconds until the first bytes of an answer to headers alone, and those bytes."""
    with web.connect() as connection:
        started = time.perf_counter()
        connection.sendall(head)
        answer = connection.recv(4096)
        return time.perf_counter() - started, answer


def test_a_gigabyte_is_refused_by_its_length_before_it_is_sent(web: Web) -> None:
    before = web.peak()
    head = b"POST /api/v1/projects/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n"
    answers = [answer_to(web, head) for _ in range(5)]
    assert all(answer.startswith(b"HTTP/1.1 413 ") for _, answer in answers)
    assert min(seconds for seconds, _ in answers) < 1
    assert web.peak() - before < 5_000_000


def test_a_client_that_asks_first_is_not_told_to_go_on(web: Web) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 25000001\r\nExpect: 100-continue\r\n\r\n"
    with web.connect() as connection:
        connection.sendall(head)
        received = b""
        while more := connection.recv(4096):
            received += more
    assert received.startswith(b"HTTP/1.1 413 ")
    assert received.endswith(b"\r\n\r\nThis is too large to send: at most 25 MB are read.")


def body(size: int) -> Iterator[bytes]:
    block = bytes(100_000)
    for _ in range(size // len(block)):
        yield block


def test_a_client_that_sends_it_all_without_listening_still_gets_the_answer(web: Web) -> None:
    length = {"Content-Length": str(200_000_000)}
    answer = httpx.post(f"{web.url}/upload", content=body(200_000_000), headers=length, timeout=30)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/plain; charset=utf-8")


def test_a_connection_serves_several_requests(web: Web) -> None:
    with httpx.Client(base_url=web.url) as client:
        statuses = [client.post("/api/v1/projects/", data={"a": "b"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 401]


def test_a_port_that_is_taken_is_an_exit_status(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second = start(tmp_path, taken.getsockname()[1])
        assert second.process.wait(30) == 1


def test_an_answer_goes_out_compressed_to_those_who_ask_for_it(web: Web) -> None:
    address = f"{web.url}/api/v1/schema/"
    raw = httpx.get(address, headers={"Accept-Encoding": "identity"}, trust_env=False)
    packed = httpx.get(address, headers={"Accept-Encoding": "gzip"}, trust_env=False)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in raw.headers
    assert [("Accept-Encoding" in answer.headers["Vary"]) for answer in (raw, packed)] == [True, True]
    assert int(packed.headers["Content-Length"]) < len(raw.content) / 4
    assert packed.content == raw.content


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_memory_that_is_no_longer_used_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", FREE_MEMORY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 80_000


def test_web_on_sqlite_maps_no_client_of_postgresql(web: Web) -> None:
    assert b" 401 " in answer_to(web, b"GET /api/v1/projects/ HTTP/1.1\r\nHost: localhost\r\n\r\n")[1]
    maps = Path(f"/proc/{web.process.pid}/maps").read_text()
    assert "/_sqlite3" in maps
    assert "psycopg" not in maps
    assert "charset_normalizer" not in maps  # it comes with `requests`
