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

from emojiforge.http import threads
from emojiforge.http.handler import ThreadedHandler

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


async def body_of(handler: ThreadedHandler, path: str, readable: asyncio.Event | None = None) -> str:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    scope |= {"root_path": "/said/by/the/client"}
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
