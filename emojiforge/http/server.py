"""One web process: daphne with limits on requests, and with flow control for responses."""

from __future__ import annotations

from typing import Any, Final

import daphne.server  # first of all: it chooses Twisted's reactor
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory
from django.conf import settings
from django.db import connection
from twisted.internet.endpoints import AdoptedStreamServerEndpoint

from emojiforge.asgi import application
from emojiforge.http.body_reader import BodyReader
from emojiforge.http.channel import BoundedChannel
from emojiforge.http.connections import MAX_PER_ADDRESS, Connections, raise_file_limit
from emojiforge.launch.ports import BACKLOG, bound_socket
from emojiforge.websocket import BoundedSocketFactory

LOCK_TIMEOUT_S: Final = 4


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """Makes connections with limits."""

    protocol = BoundedChannel

    def buildProtocol(self, addr: object) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedChannel.requestFactory  # in place of daphne's
        return protocol


class Server(daphne.server.Server):  # type: ignore[misc]
    """daphne's server, with bodies that are read in chunks and responses that wait for slow clients."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        at_once = raise_file_limit() // settings.WEB_PROCESSES
        # Behind a proxy all connections have the proxy's address.
        per_address = at_once if settings.TRUSTED_PROXIES else MAX_PER_ADDRESS // settings.WEB_PROCESSES
        self.open_connections = Connections(at_once, per_address)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for one request or WebSocket, with the body of a request in its scope."""
        if scope["type"] == "http":
            scope["body"] = protocol.detach_body()
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Write one message of the application, and return when there is room for the next."""
        protocol.flow.count_response(message)
        await super().handle_reply(protocol, message)
        await protocol.flow.writable.wait()


def wait_briefly_for_locks() -> None:
    """Wait only a few seconds for a locked database in requests; jobs wait longer."""
    options = settings.DATABASES["default"]["OPTIONS"]
    if connection.vendor == "sqlite":
        options["timeout"] = LOCK_TIMEOUT_S
    else:
        options["options"] = f"{options.get('options', '')} -c lock_timeout={LOCK_TIMEOUT_S * 1000}".strip()


def serve() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    wait_briefly_for_locks()
    daphne.server.HTTPFactory = BoundedFactory  # daphne looks its factories up by these names
    daphne.server.WebSocketFactory = BoundedSocketFactory
    server = Server(application=BodyReader(application), endpoints=_endpoints())
    server.run()
    return 0 if server.listening_addresses else 1


def _endpoints() -> list[str]:
    if settings.WEB_PROCESSES > 1:
        return _share_address()
    addresses = build_endpoint_description_strings(host=settings.HOST, port=settings.PORT)
    return [f"{one}:backlog={BACKLOG}" for one in addresses]


def _share_address() -> list[str]:
    """Let daphne listen on a socket of our own: an endpoint that it reads from a text cannot share its address."""
    make_endpoint: Any = AdoptedStreamServerEndpoint
    with bound_socket(settings.HOST, settings.PORT, shared=True) as listener:
        listener.listen(BACKLOG)
        endpoint = make_endpoint(daphne.server.reactor, listener.fileno(), listener.family)
        listener.detach()  # the endpoint closes it
    daphne.server.serverFromString = lambda _reactor, _description: endpoint
    return [f"shared:{settings.HOST}:{settings.PORT}"]
