"""Several web processes that share one address, where one that dies is replaced and nobody is refused."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from emojiforge.launch.ports import BACKLOG, bound_socket, free_port
from tests.polling import until
from tests.web_process import ROOT, Web, start, web_process

LIMITS = """
import json, django
django.setup()
from animations.web.downloads import MAX_PER_PERSON
from emojiforge.http.body_limits import MAX_LARGE, MAX_LARGE_PER_SENDER
from emojiforge.http.server import Server
connections = Server(application=None, endpoints=["tcp:0"]).open_connections
limits = {"downloads": MAX_PER_PERSON, "bodies": MAX_LARGE, "bodies of one": MAX_LARGE_PER_SENDER}
print(json.dumps(limits | {"connections": connections._at_once, "of an address": connections._per_address}))
"""
PRELOAD = """
import sys
from emojiforge.server import preload
preload()
print([name for name in sys.modules if name.startswith("daphne") or name == "twisted.internet.reactor"])
"""


def python(code: str, **more: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "emojiforge.settings", **more}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_process(tmp_path_factory.mktemp("web"), WEB_PROCESSES="2") as web:
        yield web


@pytest.fixture(autouse=True)
def both(request: pytest.FixtureRequest) -> None:
    """Wait until both processes listen: a test before may have ended one."""
    if "web" in request.fixturenames:
        web = request.getfixturevalue("web")
        wait_for_both(web)


def processes(web: Web) -> list[psutil.Process]:
    return psutil.Process(web.process.pid).children()


def connections(process: psutil.Process) -> int:
    return sum(one.status == psutil.CONN_ESTABLISHED for one in process.net_connections("tcp"))


def wait_for_both(web: Web) -> None:
    until(lambda: [listens(one) for one in processes(web)] == [True, True], 60, "both processes listen")


def listens(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return any(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp"))
    return False


def answers(web: Web) -> bool:
    """Return whether a new connection is answered; what is asked for needs no database."""
    return httpx.get(web.url, headers={"Host": "elsewhere.example"}, timeout=30).status_code == 400


def test_while_a_process_is_replaced_the_other_answers(web: Web) -> None:
    killed, other = processes(web)
    killed.kill()
    killed.wait()
    answered = 0
    while sum(map(listens, processes(web))) < 2:
        assert answers(web)
        answered += 1
    assert answered > 5
    assert {other} < set(processes(web))
    assert len(processes(web)) == 2


def test_a_process_that_ends_in_order_does_not_close_the_address_of_the_other(web: Web) -> None:
    ending = processes(web)[0]
    ending.terminate()
    ending.wait()
    assert all(answers(web) for _ in range(10))
    until(lambda: len(processes(web)) == 2, 30, "it is replaced")


def test_each_process_gets_its_part_of_the_connections(web: Web) -> None:
    with ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(web.connect())
        until(lambda: sum(map(connections, processes(web))) >= 64, 30, "all are accepted")
        assert [connections(process) >= 12 for process in processes(web)] == [True, True]


def test_each_process_is_small(web: Web) -> None:
    assert all(answers(web) for _ in range(20))
    sizes = [process.memory_info().rss for process in processes(web)]
    assert [size < 150_000_000 for size in sizes] == [True, True], sizes


def test_an_address_that_is_taken_ends_the_command(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        web = start(tmp_path, server.getsockname()[1], WEB_PROCESSES="2")
        assert web.process.wait(60) == 1
    assert "Web cannot listen on 127.0.0.1" in web.log.read_text()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_can_be_shared(tmp_path: Path) -> None:
    port = free_port()
    web = start(tmp_path, port, WEB_PROCESSES="2", HOST="::1", ALLOWED_HOSTS="[::1]")
    try:
        wait_for_both(web)
        assert httpx.get(f"http://[::1]:{port}/healthz", timeout=30).status_code in {200, 503}
    finally:
        web.process.send_signal(signal.SIGTERM)
        assert web.process.wait(20) == 0


def test_the_limits_of_all_processes_together_are_those_of_one() -> None:
    one, each = (json.loads(python(LIMITS, WEB_PROCESSES=str(number))) for number in (1, 8))
    assert all(1 <= each[what] <= one[what] / 8 for what in one)


def test_no_event_loop_is_made_before_the_processes_are() -> None:
    assert python(PRELOAD) == "[]\n"


def test_a_bound_socket_does_not_listen_yet() -> None:
    with bound_socket("127.0.0.1", 0) as bound:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(bound.getsockname()).close()
        bound.listen(BACKLOG)
        socket.create_connection(bound.getsockname()).close()
