"""Hold a writer back while its reader is behind, and close the connection of a reader that has stopped."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

DRAIN_SECONDS: Final = 60.0
"""How long a reader may take for what fills its connection's buffer, 64 KiB and a piece: about 2 KB a second."""


@implementer(IPushProducer)
class FlowControl:
    """What is written to one connection, as a push producer of Twisted's: the transport says when to pause.

    `writable` is set while there is room in the transport's buffer, and once the connection is gone.
    """

    def __init__(self, transport: Any) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self._transport = transport
        self._deadline: asyncio.TimerHandle | None = None

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        """Let writers wait: the buffer is full."""
        self.writable.clear()
        self.start_deadline()

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        """Let writers go on: the buffer is empty."""
        self.writable.set()
        self._cancel_deadline()

    stopProducing = resumeProducing  # noqa: N815  Twisted's name; the connection is gone

    def start_deadline(self) -> None:
        """Close the connection unless what is in its buffer is taken in time."""
        self._cancel_deadline()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(DRAIN_SECONDS, self._transport.abortConnection)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
