"""The web process: daphne, with requests that are bounded and answers that wait for their readers.

`python -m emojiforge.server`.
"""

from __future__ import annotations

import sys
from typing import Any

import daphne.server  # first of all: it chooses Twisted's reactor
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory
from django.conf import settings

from emojiforge.asgi import application
from emojiforge.http.channel import BoundedChannel
from emojiforge.websocket import BoundedSocketFactory


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """Makes connections whose requests are bounded."""

    protocol = BoundedChannel

    def buildProtocol(self, addr: object) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedChannel.requestFactory  # in place of daphne's
        return protocol


class Server(daphne.server.Server):  # type: ignore[misc]
    """daphne's server, in which whoever sends an answer waits for its reader."""

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Write one message of the application, and return when there is room for the next."""
        await super().handle_reply(protocol, message)
        await protocol.flow.writable.wait()


def main() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    daphne.server.HTTPFactory = BoundedFactory  # the server makes its factories by these names and takes no others
    daphne.server.WebSocketFactory = BoundedSocketFactory
    server = Server(
        application=application,
        endpoints=build_endpoint_description_strings(host=settings.HOST, port=settings.PORT),
    )
    server.run()
    return 0 if server.listening_addresses else 1


if __name__ == "__main__":
    sys.exit(main())
