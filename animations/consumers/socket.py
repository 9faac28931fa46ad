"""Serve the socket of one project: a snapshot, then every change, each as its row's latest state.

Subscribe, snapshot, catch up. The socket joins its group first and reads the rows afterwards. A hint only says that
something may have changed, so hints may be lost, doubled or late, and a client that comes back goes the same way as
a new one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any, ClassVar, Final
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from animations.consumers.auth import Subscriber, authenticate, is_allowed_origin
from animations.consumers.changes import Gone, SignedOut
from animations.consumers.close_codes import CloseCode
from animations.consumers.language import language_of
from animations.consumers.open_sockets import TooManySockets, open_sockets
from animations.consumers.pace import Pace
from animations.consumers.shared_reads import in_reader_thread, read_together
from animations.events import group_name
from animations.outages import LogLimit

log = logging.getLogger(__name__)

HINTS_TIMEOUT_S: Final = 2.0
"""For Redis to take a socket into its project's group, or out of it."""


class ProjectSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection. One task sends all messages, so they keep their order.

    Hints and requests of the client only wake the task: however many come, they wait as one. How often it
    reads the rows is bounded (`animations.consumers.pace`). A client that does not read is dropped by the server's
    pings.
    """

    poll_seconds = 10.0
    """The task reads the rows by itself after so long without a hint."""
    log_limit: ClassVar = LogLimit()

    subscriber: Subscriber | None = None
    project_id: UUID | None = None
    _sent: int | None = None
    _language = settings.LANGUAGE_CODE
    _hears_hints = False
    _task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Refuse a foreign page at the handshake; let everybody else in, so that a close code can say why."""
        if not is_allowed_origin(self.scope["headers"]):
            await self.close()
            return
        await self.accept()
        self._wake = asyncio.Event()
        self._resync_asked = False
        self._pace = Pace()
        self.project_id = _project_id(self.scope)
        self._language = language_of(self.scope)
        self._task = asyncio.create_task(self._serve())

    async def disconnect(self, _code: int) -> None:
        """Stop the task and leave the group."""
        open_sockets.remove(self)
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self.project_id and self.subscriber:
            with suppress(RedisError, TimeoutError):
                async with asyncio.timeout(HINTS_TIMEOUT_S):
                    await self.channel_layer.group_discard(group_name(self.project_id), self.channel_name)

    async def hint(self, _message: dict[str, Any]) -> None:
        """Note that something may have changed; the rows say what."""
        self._wake.set()

    async def receive(self, text_data: str | None = None, **_binary: bytes | None) -> None:
        """Send a fresh snapshot for `{"type": "resync"}` and ignore all else; the server bounds the length."""
        if text_data and _is_resync(text_data):
            self._resync_asked = True
            self._wake.set()

    async def _serve(self) -> None:
        try:
            self.subscriber = await in_reader_thread(authenticate)(self.scope)
            if self.subscriber:
                open_sockets.add(self, self.subscriber.user_id)
            while True:
                await self._join_group()
                asked, self._resync_asked = self._resync_asked, False
                self._wake.clear()
                await self._send_changes(None if asked else self._sent)
                await asyncio.sleep(self._pace.pause_after(snapshot=asked))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.poll_seconds):
                        await self._wake.wait()
        except SignedOut:
            await self.close(CloseCode.SIGNED_OUT.value)
        except Gone:
            await self.close(CloseCode.GONE.value)
        except TooManySockets:
            await self.close(CloseCode.TOO_MANY.value)
        except Exception:
            log.exception("Closed a socket of project %s with code %d: it failed.", self.project_id, CloseCode.BROKEN)
            await self.close(CloseCode.BROKEN.value)

    async def _join_group(self) -> None:
        """Have hints sent to this socket. While Redis is away the rows are read without them."""
        if self._hears_hints or not (self.subscriber and self.project_id):
            return
        try:
            async with asyncio.timeout(HINTS_TIMEOUT_S):
                await self.channel_layer.group_add(group_name(self.project_id), self.channel_name)
            self._hears_hints = True
        except (RedisError, TimeoutError) as error:
            self._log_outage(error)

    @classmethod
    def _log_outage(cls, error: Exception) -> None:
        if cls.log_limit.allows():
            log.warning("Redis is away, so new sockets get no hints: %s", type(error).__name__)

    async def _send_changes(self, sent: int | None) -> None:
        """Send the rows that are newer than `sent`. When the database does not answer, the next read makes up."""
        if self.subscriber is None:
            raise SignedOut
        if self.project_id is None:
            raise Gone
        try:
            messages = await read_together(self.project_id, self.subscriber, sent, self._language)
        except DatabaseError as error:
            log.warning("reading project %s for its socket failed: %s", self.project_id, type(error).__name__)
            self._resync_asked = self._resync_asked or sent is None
            return
        for revision, text in messages:
            await self.send(text)
            self._sent = revision


class UnknownPath(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Refuse every other address at the handshake."""

    async def connect(self) -> None:
        """Close before accepting, which answers 403."""
        await self.close()


def _project_id(scope: dict[str, Any]) -> UUID | None:
    try:
        return UUID(scope["url_route"]["kwargs"]["project_id"])
    except ValueError:
        return None


def _is_resync(text: str) -> bool:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("type") == "resync"
