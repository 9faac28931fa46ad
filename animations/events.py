"""The door to Channels. A message is a hint, `(project, revision)`; the rows are the truth.

One thread per process owns the event loop and its connection to Redis: a fresh connection for every hint would cost
more than the work it announces. Hints of one project are thinned to four a second; the last is never dropped, only
late. When Redis cannot be reached the hint is lost, and the socket, which reads the rows every ten seconds, finds
the change.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from concurrent.futures import Future
from typing import Final, TypedDict
from uuid import UUID

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

HINT_INTERVAL: Final = 0.25
"""Seconds between two hints of one project."""
SEND_TIMEOUT: Final = 5.0
"""Seconds that one hint may take before it is given up."""


class Hint(TypedDict):
    """The message in the group: `type` names the consumer's method."""

    type: str
    project: str
    revision: int


def group_name(project_id: UUID | str) -> str:
    """Return the name of the group of a project's subscribers."""
    return f"project.{project_id}"


class _Publisher:
    """Sends hints from a thread of its own; made anew in a forked process, where threads do not survive."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._latest: dict[str, int] = {}
        self._last_sent: dict[str, float] = {}
        threading.Thread(target=self._loop.run_forever, name="hints", daemon=True).start()

    def publish(self, project: str, revision: int) -> None:
        self._loop.call_soon_threadsafe(self._accept, project, revision)

    def flush(self) -> None:
        """Wait until every accepted hint is on its way, or given up."""
        done: Future[None] = asyncio.run_coroutine_threadsafe(self._drain(), self._loop)
        done.result(timeout=2 * SEND_TIMEOUT)

    def _accept(self, project: str, revision: int) -> None:
        waiting = project in self._latest
        self._latest[project] = max(revision, self._latest.get(project, 0))
        if not waiting:
            wait = self._last_sent.get(project, 0.0) + HINT_INTERVAL - time.monotonic()
            self._loop.call_later(max(0.0, wait), lambda: self._loop.create_task(self._send(project)))

    async def _send(self, project: str) -> None:
        revision = self._latest.pop(project, None)
        if revision is None:
            return
        self._last_sent[project] = time.monotonic()
        self._forget_quiet_projects()
        hint: Hint = {"type": "hint", "project": project, "revision": revision}
        layer = get_channel_layer()
        assert layer is not None
        try:
            await asyncio.wait_for(layer.group_send(group_name(project), hint), SEND_TIMEOUT)
        except Exception as error:  # noqa: BLE001  (whatever the transport raises, a hint may be lost)
            log.warning("a hint for project %s was lost: %s", project, type(error).__name__)

    async def _drain(self) -> None:
        await asyncio.gather(*(self._send(project) for project in list(self._latest)))

    def _forget_quiet_projects(self) -> None:
        if len(self._last_sent) > 1000:
            limit = time.monotonic() - HINT_INTERVAL
            self._last_sent = {project: at for project, at in self._last_sent.items() if at > limit}


_publisher: _Publisher | None = None
_lock = threading.Lock()


def _current() -> _Publisher:
    global _publisher
    with _lock:
        if _publisher is None or _publisher.pid != os.getpid():
            _publisher = _Publisher()
        return _publisher


def publish(project_id: UUID, revision: int) -> None:
    """Tell the project's subscribers that rows up to `revision` have changed. Never raises, never waits."""
    _current().publish(str(project_id), revision)


def flush() -> None:
    """Send the hints that wait; a process calls this before it ends."""
    if _publisher is not None and _publisher.pid == os.getpid():
        _publisher.flush()
