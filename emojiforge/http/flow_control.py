"""Pause writers while the client is slow to read, and close the connection of one that has stopped reading."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

DRAIN_SECONDS: Final = 60.0
"""The longest that a client may take to read a full buffer, 64 KiB and one chunk: about 2 KB a second."""


@implementer(IPushProducer)
class FlowControl:
    """The writers of one connection, as a Twisted push producer: the transport says when to pause.

    `writable` is set while there is room in the transport's buffer, and once the connection is gone.
    """

    def __init__(self, transport: Any) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self._transport = transport
        self._deadline: asyncio.TimerHandle | None = None

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        """Pause writers: the buffer is full."""
        self.writable.clear()
        self.start_deadline()

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        """Resume writers: the buffer is empty."""
        self.writable.set()
        self._cancel_deadline()

    stopProducing = resumeProducing  # noqa: N815  Twisted's name; the connection is gone

    def start_deadline(self) -> None:
        """Close the connection unless the client reads the buffer in time."""
        self._cancel_deadline()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(DRAIN_SECONDS, self._transport.abortConnection)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
