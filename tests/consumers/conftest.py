from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import redis
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

from animations.consumers.pace import Pace
from animations.models import Project
from tests.conftest import MakeProject

PATIENCE = 10.0
Message = dict[str, Any]

in_database = partial(database_sync_to_async, thread_sensitive=False)
"""Runs a function in another thread, with a connection of its own, as a job's process would."""


@pytest.fixture(autouse=True)
def _real_rows_and_short_pauses(valkey: redis.Redis, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use real rows, so that every thread sees them, and sockets that pause only shortly between two reads."""
    monkeypatch.setattr(Pace, "update_seconds", 0.01)
    monkeypatch.setattr(Pace, "snapshot_seconds", 0.01)


@pytest.fixture
def emoji(owner: User, new_project: MakeProject) -> Project:
    return new_project(owner)


@pytest.fixture
def cookie_of() -> Callable[[User], str]:
    """Return a function that signs a person in and returns the browser's session cookie."""

    def sign_in(user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.cookies["sessionid"].value

    return sign_in


@pytest.fixture
def cookie(owner: User, cookie_of: Callable[[User], str]) -> str:
    """Return the owner's session cookie."""
    return cookie_of(owner)


class Socket:
    """The client's end."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self._end = communicator

    async def next(self) -> Message:
        """Return the next message; fail when there is none for too long."""
        return dict(json.loads(await self._end.receive_from(timeout=PATIENCE)))

    async def until(self, holds: Callable[[Message], object]) -> list[Message]:
        """Return all messages up to the first for which `holds` is true."""
        seen = []
        while True:
            seen.append(await self.next())
            if holds(seen[-1]):
                return seen

    async def send(self, text: str = "", data: bytes | None = None) -> None:
        await self._end.send_to(text_data=None if data else text, bytes_data=data)

    async def close_code(self) -> int:
        """Return the code with which the server closed, skipping the messages before."""
        while True:
            output = await self._end.receive_output(timeout=PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def is_silent(self) -> bool:
        return bool(await self._end.receive_nothing(timeout=0.3))


def handshake(path: str, cookie: str = "", **headers: str) -> WebsocketCommunicator:
    from emojiforge.asgi import application  # it looks for STATIC_ROOT, which is not there before the run has begun

    sent = {"host": "localhost:8000", **headers}
    if cookie:
        sent["cookie"] = f"sessionid={cookie}"
    return WebsocketCommunicator(application, path, [(k.encode(), v.encode()) for k, v in sent.items()])


@asynccontextmanager
async def open_socket(path: str, cookie: str = "", **headers: str) -> AsyncIterator[Socket]:
    """Open a socket; the handshake must be accepted."""
    communicator = handshake(path, cookie, **headers)
    accepted, _ = await communicator.connect(timeout=PATIENCE)
    assert accepted
    try:
        yield Socket(communicator)
    finally:
        await communicator.disconnect(timeout=PATIENCE)


def address(project: Project) -> str:
    return f"/ws/projects/{project.pk}/"


async def eventually(holds: Callable[[], Awaitable[object]]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < give_up, "it never came true"
        await asyncio.sleep(0.01)
