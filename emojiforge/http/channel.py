"""One connection of a client, as Twisted reads and writes it."""

from __future__ import annotations

from typing import Any

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from emojiforge.http.flow import Flow
from emojiforge.http.request import BoundedRequest


class BoundedChannel(HTTPChannel):
    """A connection whose requests are bounded, and whose answers are written no faster than they are read."""

    requestFactory = BoundedRequest  # noqa: N815  Twisted's name
    flow: Flow

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        self.flow = Flow(self.transport)
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.registerProducer(self.flow, True)  # type: ignore[no-untyped-call]

    def loseConnection(self) -> Any:  # noqa: N802  Twisted's name
        """Close once all is sent, in which the transport would wait for ever."""
        self.flow.start_deadline()
        return super().loseConnection()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  Twisted's name
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        self.flow.stopProducing()
