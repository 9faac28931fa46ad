"""The socket over real daphne, as `python -m emojiforge.server` runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from animations.actions.projects.delete import delete
from animations.consumers.close_codes import CloseCode
from animations.models import Candidate, Frame, Project, Source
from tests.consumers.conftest import PATIENCE, address
from tests.polling import until
from tests.web_process import Web, database_of_tests, web_process

RESYNC = '{"type": "resync"}'


@pytest.fixture(scope="module")
def web(surroundings: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Start the web process on the database of the tests."""
    with web_process(tmp_path_factory.mktemp("web"), **database_of_tests()) as web:
        yield web


@pytest.fixture
def largest(emoji: Project) -> Project:
    """Make a project of as many candidates as there can be: 60 frames with 40 each, all of the same file."""
    first = Frame.objects.filter(project=emoji, index=0).get()
    name = first.candidates.all()[0].cutout.name
    more = [
        Frame(project=emoji, generation=1, index=index, delay_ms=80, status="ready", revision=1)
        for index in range(3, 60)
    ]
    Frame.objects.bulk_create(more)
    shared: dict[str, Any] = {"status": "ready", "picture": name, "alpha": name, "cutout": name}
    Candidate.objects.bulk_create(
        Candidate(frame=frame, ordinal=ordinal, prompt="a little higher and to the left", **shared)
        for frame in emoji.current_frames()
        for ordinal in range(frame.candidates.count(), 40)
    )
    return emoji


def open_socket(web: Web, project: Project, cookie: str, **options: Any) -> ClientConnection:
    headers = {"Cookie": f"sessionid={cookie}"}
    url = web.url.replace("http", "ws") + address(project)
    options = {"additional_headers": headers, "max_size": None, "proxy": None} | options
    return connect(url, **options)


def next_message(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=PATIENCE)))


def close_code(socket: ClientConnection) -> int | None:
    """Return the close code that the client sees, skipping the messages before."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            socket.recv(timeout=PATIENCE)
    return caught.value.rcvd.code if caught.value.rcvd else None


@pytest.mark.parametrize("compression", ["deflate", None])
def test_the_largest_project_arrives_as_one_snapshot(
    web: Web, largest: Project, cookie: str, compression: str | None
) -> None:
    before = web.peak()
    with open_socket(web, largest, cookie, compression=compression) as socket:
        for _ in range(3):
            snapshot = next_message(socket)
            assert snapshot["type"] == "snapshot"
            assert [len(frame["candidates"]) for frame in snapshot["project"]["frames"]] == [40] * 60
            socket.send(RESYNC)
        negotiated = [one.name for one in socket.protocol.extensions]
    assert negotiated == (["permessage-deflate"] if compression else [])
    assert len(json.dumps(snapshot)) > 900_000
    assert web.peak() < 150_000_000
    assert web.peak() - before < 60_000_000


def test_many_sockets_of_the_largest_project_fit_into_memory(web: Web, largest: Project, cookie: str) -> None:
    with ExitStack() as stack:
        sockets = [stack.enter_context(open_socket(web, largest, cookie)) for _ in range(8)]
        for socket in sockets:
            assert next_message(socket)["type"] == "snapshot"
    assert web.peak() < 150_000_000


def test_a_message_of_a_megabyte_is_refused_with_a_code_that_the_client_sees(
    web: Web, emoji: Project, cookie: str
) -> None:
    for options in ({"compression": None}, {"compression": "deflate"}):
        with open_socket(web, emoji, cookie, **options) as socket:
            next_message(socket)
            socket.send("x" * 1_000_000)
            assert close_code(socket) == 1009
    until(lambda: web.log.read_text().count("closed with code 1009") == 2, PATIENCE, "a line in the log")


def test_a_client_that_never_stops_is_refused_too(web: Web, emoji: Project, cookie: str) -> None:
    with open_socket(web, emoji, cookie, compression=None) as socket:
        next_message(socket)
        before = web.peak()  # what a first snapshot takes is not the client's doing
        with pytest.raises(ConnectionClosed) as caught:
            socket.send("x" * 10_000 for _ in range(20_000))
        assert caught.value.rcvd
        assert caught.value.rcvd.code == 1009
    assert web.peak() - before < 20_000_000


def test_the_codes_of_the_application_reach_the_client(web: Web, emoji: Project, cookie: str) -> None:
    with open_socket(web, emoji, "nobody") as socket:
        assert close_code(socket) == CloseCode.SIGNED_OUT
    with open_socket(web, emoji, cookie) as socket:
        next_message(socket)
        delete(emoji)
        assert close_code(socket) == CloseCode.GONE


def test_a_line_that_breaks_is_closed_for_the_client_and_named_in_the_log(
    web: Web, emoji: Project, cookie: str
) -> None:
    with open_socket(web, emoji, cookie) as socket:
        next_message(socket)
        Source.objects.filter(project=emoji).delete()
        socket.send(RESYNC)
        assert close_code(socket) == CloseCode.BROKEN
    assert f"socket of project {emoji.pk} with code {CloseCode.BROKEN.value}" in web.log.read_text()


def test_a_foreign_page_and_a_wrong_address_are_refused_before_there_is_a_socket(
    web: Web, emoji: Project, cookie: str
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        open_socket(web, emoji, cookie, origin="https://evil.example")
    assert caught.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as caught:
        connect(f"{web.url.replace('http', 'ws')}/ws/nowhere/", proxy=None)
    assert caught.value.response.status_code == 403


def test_a_client_that_asks_for_small_windows_gets_them(web: Web, largest: Project, cookie: str) -> None:
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    small = ClientPerMessageDeflateFactory(server_max_window_bits=9, client_max_window_bits=9)
    with open_socket(web, largest, cookie, compression=None, extensions=[small]) as socket:
        assert len(next_message(socket)["project"]["frames"]) == 60


def test_a_client_that_asks_and_never_reads_holds_little_memory(web: Web, largest: Project, cookie: str) -> None:
    before = web.peak()
    asked = 0
    with open_socket(web, largest, cookie, compression=None, max_queue=1) as socket:
        while asked < 20_000:
            try:
                socket.send(RESYNC)
            except ConnectionClosed:
                break
            asked += 1
    assert web.peak() - before < 30_000_000
