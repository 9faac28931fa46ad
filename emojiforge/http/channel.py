"""One client connection, as Twisted reads and writes it."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from emojiforge.http import body_limits
from emojiforge.http.connections import Connections
from emojiforge.http.error_responses import TOO_SLOW
from emojiforge.http.flow_control import FlowControl
from emojiforge.http.request import BoundedRequest

HEADER_SECONDS: Final = 10.0
"""From the first byte of a request until its headers are all in."""


class BoundedChannel(HTTPChannel):
    """A connection with deadlines for requests, whose responses are written no faster than the client reads them."""

    requestFactory = BoundedRequest  # noqa: N815  Twisted's name
    factory: Any
    transport: Any
    connections: Connections
    flow: FlowControl
    _deadline: asyncio.TimerHandle | None = None
    _body_began = 0.0
    _awaits_request = True

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        self.flow = FlowControl(self.transport)
        self.connections = self.factory.server.open_connections
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.registerProducer(self.flow, True)  # type: ignore[no-untyped-call]
        self.connections.add(self.transport, self.transport.getPeer().host)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        if self._awaits_request:
            self._awaits_request = False
            self._set_deadline(HEADER_SECONDS)
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:  # noqa: N802  Twisted's name
        self._awaits_request = False
        self._body_began = asyncio.get_running_loop().time()
        self._set_deadline(body_limits.seconds_allowed(0))
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:  # noqa: N802  Twisted's name
        """Pass the request on; the application has no deadline."""
        self._cancel_deadline()
        self._body_began = 0.0
        self.connections.set_idle(self.transport, False)
        super().allContentReceived()  # type: ignore[no-untyped-call]

    def requestDone(self, request: BoundedRequest) -> None:  # noqa: N802  Twisted's name
        self._awaits_request = True
        self.connections.set_idle(self.transport, True)
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def pause_reading(self) -> None:
        """Stop reading what the client sends; TCP makes it wait."""
        self._networkProducer.pauseProducing()  # type: ignore[misc]

    def resume_reading(self) -> None:
        """Resume reading, also on a lost connection: Twisted notices the loss only when it reads."""
        self._networkProducer.resumeProducing()  # type: ignore[misc]

    def loseConnection(self) -> Any:  # noqa: N802  Twisted's name
        """Close once everything is sent, with a deadline: the transport itself would wait for ever."""
        self.flow.start_deadline()
        return super().loseConnection()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  Twisted's name
        self._cancel_deadline()
        self.connections.remove(self.transport)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        self.flow.stopProducing()

    def _set_deadline(self, seconds: float) -> None:
        self._cancel_deadline()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self._check_progress)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _check_progress(self) -> None:
        """Refuse a request at its deadline, or extend the deadline of a body by what has arrived of it."""
        left = self._body_seconds_left() if self._body_began else 0
        if left > 0:
            self._set_deadline(left)
        elif self.requests:
            self.requests[-1].refuse(TOO_SLOW)
        else:
            self.transport.abortConnection()  # it has not even sent a request line

    def _body_seconds_left(self) -> float:
        allowed = body_limits.seconds_allowed(self.requests[-1].body_bytes)
        return self._body_began + allowed - asyncio.get_running_loop().time()
