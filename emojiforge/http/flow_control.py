"""Pause writers while the client is slow to read, and close the connection of one that reads hardly at all."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

BUFFER_BYTES: Final = 16 * 1024
"""Writers pause while more than this waits in the connection."""
DRAIN_SECONDS: Final = 60.0
"""The longest that a client may take to read what waits in the connection."""
RESPONSE_SECONDS: Final = 60.0
MIN_BYTES_PER_SECOND: Final = 8_000
"""A response that is sent in chunks may take a minute, and one more second for each so many bytes of it."""


@implementer(IPushProducer)
class FlowControl:
    """The writers of one connection, as a Twisted push producer: the transport says when to pause.

    `writable` is set while there is room in the transport's buffer, and once the connection is gone.
    """

    def __init__(self, transport: Any) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self._transport = transport
        self._transport.bufferSize = BUFFER_BYTES
        self._response_began: float | None = None
        self._response_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    def count_response(self, message: dict[str, Any]) -> None:
        """Note what a message of the application adds to the response, which decides how long it may take."""
        if message["type"] == "http.response.start":
            self._response_began, self._response_bytes = asyncio.get_running_loop().time(), 0
        elif not message.get("more_body"):
            self._response_began = None
        self._response_bytes += len(message.get("body", b""))

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
        self._deadline = loop.call_later(self._seconds_left(), self._transport.abortConnection)

    def _seconds_left(self) -> float:
        if self._response_began is None:
            return DRAIN_SECONDS
        allowed = RESPONSE_SECONDS + self._response_bytes / MIN_BYTES_PER_SECOND
        spent = asyncio.get_running_loop().time() - self._response_began
        return min(DRAIN_SECONDS, max(0.0, allowed - spent))

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
