"""A request has a thread to itself, and the next one has it again."""

from __future__ import annotations

import asyncio
import io
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path, reverse

from emojiforge.http import concurrency, threads
from emojiforge.http.error_responses import OVERLOADED, TOO_MANY_REQUESTS
from emojiforge.http.handler import FILES, OTHERS, ThreadedHandler

released = threading.Event()
own = threading.local()
"""The system gives a new thread the number of one that has ended, so each is named here."""


def name_thread(_request: HttpRequest) -> HttpResponse:
    own.name = getattr(own, "name", None) or uuid.uuid4().hex
    return HttpResponse(own.name)


def name_address(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(reverse("address"))


def wait_for_release(request: HttpRequest) -> HttpResponse:
    assert released.wait(5)
    return name_thread(request)


def send_file(_request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(bytes(200_000)), headers={"Content-Length": "200000"})


urlpatterns = [
    path("file", send_file),
    path("thread", name_thread),
    path("wait", wait_for_release),
    path("media/wait", wait_for_release),
    path("address", name_address, name="address"),
]


@pytest.fixture
def handler(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadedHandler]:
    settings.ROOT_URLCONF, settings.MIDDLEWARE, settings.ALLOWED_HOSTS = __name__, [], ["*"]
    monkeypatch.setattr(threads, "_idle", [])
    released.clear()
    yield ThreadedHandler()
    released.set()
    for thread in threads._idle:
        thread.end()


async def body_of(
    handler: ThreadedHandler, path: str, readable: asyncio.Event | None = None, address: str = "192.0.2.1"
) -> str:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    scope |= {"root_path": "/said/by/the/client", "client": [address, 4000]}
    sent: list[dict[str, Any]] = []

    received = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        if not received:
            await asyncio.sleep(60)
        return received.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if readable:
            await readable.wait()

    await handler(scope, receive, send)
    return b"".join(message.get("body", b"") for message in sent).decode()


async def one_after_another(handler: ThreadedHandler) -> list[str]:
    return [await body_of(handler, "/thread") for _ in range(5)]


async def at_once(handler: ThreadedHandler) -> list[str]:
    requests = [asyncio.ensure_future(body_of(handler, "/wait")) for _ in range(5)]
    await asyncio.sleep(0.1)
    released.set()
    return await asyncio.gather(*requests)


async def beside_slow_readers(handler: ThreadedHandler, path: str) -> tuple[int, set[str]]:
    """Return the threads that are free while five answers wait for their readers, and what these read."""
    readable = asyncio.Event()
    requests = [asyncio.ensure_future(body_of(handler, path, readable)) for _ in range(5)]
    await asyncio.sleep(0.2)
    free = len(threads._idle)
    readable.set()
    return free, set(await asyncio.gather(*requests))


def ask_to_wait(
    handler: ThreadedHandler, count: int, path: str = "/wait", **options: Any
) -> list[asyncio.Future[str]]:
    return [asyncio.ensure_future(body_of(handler, path, **options)) for _ in range(count)]


async def after_one_that_was_cancelled(handler: ThreadedHandler) -> tuple[str, float]:
    request = asyncio.ensure_future(body_of(handler, "/wait"))
    await asyncio.sleep(0.1)
    request.cancel()
    await asyncio.wait([request])
    begun = time.monotonic()
    return await body_of(handler, "/thread"), time.monotonic() - begun


def test_requests_one_after_another_are_served_by_one_thread(handler: ThreadedHandler) -> None:
    assert len(set(asyncio.run(one_after_another(handler)))) == 1


def test_requests_at_once_are_served_by_a_thread_each(handler: ThreadedHandler) -> None:
    assert len(set(asyncio.run(at_once(handler)))) == 5


@pytest.mark.parametrize("path", ["/file", "/address"])
def test_no_thread_waits_for_a_slow_reader(handler: ThreadedHandler, path: str) -> None:
    free, bodies = asyncio.run(beside_slow_readers(handler, path))
    assert free == 5
    assert bodies == {"\0" * 200_000 if path == "/file" else "/address"}


def test_a_request_does_not_wait_for_a_cancelled_one_that_still_works(handler: ThreadedHandler) -> None:
    answer, seconds = asyncio.run(after_one_that_was_cancelled(handler))
    assert answer
    assert seconds < 2


def test_no_more_threads_are_kept_than_are_stated(handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "IDLE_THREADS", 2)
    asyncio.run(at_once(handler))
    assert len(threads._idle) == 2


def test_addresses_are_what_they_are_whatever_the_client_says(handler: ThreadedHandler) -> None:
    assert asyncio.run(body_of(handler, "/address")) == "/address"


def test_thirty_requests_of_one_client_take_its_few_threads_and_all_are_answered(
    handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    new = threads.RequestThread.__init__

    def count(thread: threads.RequestThread) -> None:
        made.append(thread)
        new(thread)

    async def ask() -> list[str]:
        requests = ask_to_wait(handler, 30)
        await asyncio.sleep(0.2)
        assert len(made) == OTHERS[1]
        released.set()
        return await asyncio.gather(*requests)

    monkeypatch.setattr(threads.RequestThread, "__init__", count)
    assert all(len(answer) == 32 for answer in asyncio.run(ask()))


def test_a_request_that_waits_too_long_for_its_clients_others_is_told_so(
    handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> tuple[str, str, str]:
        requests = ask_to_wait(handler, OTHERS[1])
        await asyncio.sleep(0.1)
        refused, other = await body_of(handler, "/thread"), await body_of(handler, "/thread", address="192.0.2.2")
        released.set()
        await asyncio.gather(*requests)
        return refused, other, await body_of(handler, "/thread")

    monkeypatch.setattr(concurrency, "WAIT_SECONDS", 0.1)
    refused, *served = asyncio.run(ask())
    assert refused == TOO_MANY_REQUESTS.detail
    assert [len(answer) for answer in served] == [32, 32]


def test_files_that_hang_hold_up_no_other_request(handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> tuple[str, str]:
        addresses = [f"192.0.2.{number}" for number in range(FILES[0] // FILES[1])]
        requests = [one for name in addresses for one in ask_to_wait(handler, FILES[1], "/media/wait", address=name)]
        await asyncio.sleep(0.1)
        file = await body_of(handler, "/media/wait", address="192.0.2.9")
        page = await body_of(handler, "/thread", address="192.0.2.9")
        released.set()
        await asyncio.gather(*requests)
        return file, page

    monkeypatch.setattr(concurrency, "WAIT_SECONDS", 0.1)
    file, page = asyncio.run(ask())
    assert (file, len(page)) == (OVERLOADED.detail, 32)


def test_a_request_that_hangs_is_given_up(handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[str]:
        answers = await asyncio.gather(*ask_to_wait(handler, OTHERS[1]))
        return [*answers, await body_of(handler, "/thread")]

    monkeypatch.setattr(concurrency, "WORK_SECONDS", 0.5)
    *hung, served = asyncio.run(ask())
    assert set(hung) == {OVERLOADED.detail}
    assert len(served) == 32


def test_the_work_of_a_client_that_is_gone_still_counts(
    handler: ThreadedHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> tuple[str, str]:
        requests = ask_to_wait(handler, OTHERS[1])
        await asyncio.sleep(0.1)
        for request in requests:
            request.cancel()
        refused = await body_of(handler, "/thread")
        released.set()
        return refused, await body_of(handler, "/thread")

    monkeypatch.setattr(concurrency, "WAIT_SECONDS", 0.1)
    refused, served = asyncio.run(ask())
    assert (refused, len(served)) == (TOO_MANY_REQUESTS.detail, 32)
