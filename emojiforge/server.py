"""The web process: daphne, with requests that are bounded and answers that wait for their readers.

`python -m emojiforge.server`.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import daphne.server  # first of all: it chooses Twisted's reactor
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory
from django.conf import settings
from django.db import connection

from emojiforge.asgi import application
from emojiforge.http.body_reader import BodyReader
from emojiforge.http.channel import BoundedChannel
from emojiforge.http.connections import MAX_PER_ADDRESS, Connections, raise_file_limit
from emojiforge.websocket import BoundedSocketFactory

BACKLOG: Final = 1024
"""Connections that may wait to be accepted; of Twisted's 50 a burst leaves nothing, and others wait a second."""

LOCK_PATIENCE_S: Final = 4


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """Makes connections whose requests are bounded."""

    protocol = BoundedChannel

    def buildProtocol(self, addr: object) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedChannel.requestFactory  # in place of daphne's
        return protocol


class Server(daphne.server.Server):  # type: ignore[misc]
    """daphne's server, in which bodies are read bit by bit and whoever sends an answer waits for its reader."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        at_once = raise_file_limit()
        # Behind a proxy all connections have its address.
        self.open_connections = Connections(at_once, at_once if settings.TRUSTED_PROXIES else MAX_PER_ADDRESS)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for one request or socket, and hand it the body of a request."""
        if scope["type"] == "http":
            scope["body"] = protocol.detach_body()
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Write one message of the application, and return when there is room for the next."""
        await super().handle_reply(protocol, message)
        await protocol.flow.writable.wait()


def wait_briefly_for_locks() -> None:
    """Let a request wait for a locked database for a few seconds only; a job's patience is longer."""
    options = settings.DATABASES["default"]["OPTIONS"]
    if connection.vendor == "sqlite":
        options["timeout"] = LOCK_PATIENCE_S
    else:
        options["options"] = f"{options.get('options', '')} -c lock_timeout={LOCK_PATIENCE_S * 1000}".strip()


def main() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    wait_briefly_for_locks()
    daphne.server.HTTPFactory = BoundedFactory  # the server makes its factories by these names and takes no others
    daphne.server.WebSocketFactory = BoundedSocketFactory
    addresses = build_endpoint_description_strings(host=settings.HOST, port=settings.PORT)
    server = Server(
        application=BodyReader(application),
        endpoints=[f"{one}:backlog={BACKLOG}" for one in addresses],
    )
    server.run()
    return 0 if server.listening_addresses else 1


if __name__ == "__main__":
    sys.exit(main())
