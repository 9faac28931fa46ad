"""WebSockets as daphne serves them, with bounds that differ for what comes in and what goes out.

autobahn has one bound for both directions: a snapshot that is larger than what a client may say could never be sent.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from emojiforge.http.flow_control import FlowControl

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES: Final = 1024
"""The longest message of a client, after inflating. There is but one, and it is short: `{"type": "resync"}`."""
POLICY_VIOLATION: Final = 1008
RETRY_SECONDS: Final = 10
MAX_QUEUED_MESSAGES: Final = 32
"""The most messages of a client that wait to be taken, which is when its own answers are not being read."""
CLOSE_SECONDS: Final = 2
"""How long a client has to answer a close, so that one that is still sending comes to read why it was refused."""
DEFLATE_MEMORY: Final = {"window_bits": 13, "mem_level": 5}
"""About 50 KiB a socket for zlib's window and tables, instead of 256; a snapshot grows by a tenth for it."""


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]
    """A connection that refuses long messages (close code 1009) and sends messages of any length."""

    maxMessagePayloadSize: int  # noqa: N815  autobahn's name
    flow: FlowControl

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        """Take the connection over from HTTP, which has been told until now when to pause."""
        self.flow = FlowControl(self.transport)
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.flow, True)
        super().connectionMade()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  Twisted's name
        self.factory.server_class.open_connections.remove(self.transport)
        super().connectionLost(reason)
        self.flow.stopProducing()

    def onConnect(self, request: Any) -> Any:  # noqa: N802  autobahn's name
        """Refuse a handshake from an address that has very many sockets, or begin one."""
        if not self.factory.server_class.open_connections.add_socket(self.transport):
            reason = "Too many sockets from this address"
            raise ConnectionDeny(HTTPStatus.TOO_MANY_REQUESTS.value, reason)  # type: ignore[no-untyped-call]
        return super().onConnect(request)

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:  # noqa: N802, N803
        """Say with a refusal for haste when to try again, which autobahn has no other way to add."""
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            responseHeaders = [("Retry-After", RETRY_SECONDS)]  # noqa: N806
        super().failHandshake(reason, code, responseHeaders)

    def sendMessage(self, payload: bytes, *args: Any, **kwargs: Any) -> None:  # noqa: N802  autobahn's name
        """Send one message; the bound of autobahn's base class, which is for what comes in, is lifted meanwhile.

        One for a client that has just left goes nowhere: its consumer is told of that next, and has not failed.
        """
        if self.state != self.STATE_OPEN:
            return
        bound, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(payload, *args, **kwargs)
        finally:
            self.maxMessagePayloadSize = bound

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803  autobahn's names
        """Hand a message on, or close the connection of a client that sends more of them than are taken."""
        if self.application_queue.qsize() < MAX_QUEUED_MESSAGES:
            super().onMessage(payload, isBinary)
        elif self.state == self.STATE_OPEN:
            self.sendClose(code=POLICY_VIOLATION)

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:  # noqa: N802, N803  autobahn's
        """Name in the log what autobahn's own log, which daphne discards, would have named."""
        if self.wasMaxMessagePayloadSizeExceeded:
            log.warning(
                "Refused a WebSocket message of more than %d bytes on %s: closed with code 1009.",
                MAX_MESSAGE_BYTES,
                self.path.decode("ascii", "replace"),
            )
        if hasattr(self, "server"):  # or the handshake failed before daphne heard of it
            super().onClose(wasClean, code, reason)


class BoundedSocketFactory(WebSocketFactory):  # type: ignore[misc]
    """Makes bounded sockets, which compress what they send where the client offers it."""

    protocol = BoundedSocket

    def setProtocolOptions(self, **options: Any) -> None:  # noqa: N802  autobahn's name
        ours = {
            "maxMessagePayloadSize": MAX_MESSAGE_BYTES,
            "maxFramePayloadSize": MAX_MESSAGE_BYTES,
            "failByDrop": False,  # or a refused client would never learn why
            "closeHandshakeTimeout": CLOSE_SECONDS,
            "perMessageCompressionAccept": accept_deflate,
        }
        super().setProtocolOptions(**options | ours)


def accept_deflate(offers: Sequence[object]) -> PerMessageDeflateOfferAccept | None:
    """Choose permessage-deflate if offered, with little memory for each socket; None for no compression.

    Every message is compressed for itself, so nothing in it can be guessed from the size of another.
    """
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            asked = offer.request_max_window_bits or DEFLATE_MEMORY["window_bits"]
            return PerMessageDeflateOfferAccept(  # type: ignore[no-untyped-call]
                offer,
                request_no_context_takeover=offer.accept_no_context_takeover,
                no_context_takeover=True,
                window_bits=min(asked, DEFLATE_MEMORY["window_bits"]),
                mem_level=DEFLATE_MEMORY["mem_level"],
            )
    return None
