"""TCP ports: free ones for what is not public, and whether the public one is free."""

from __future__ import annotations

import errno
import socket
from typing import Final

from emojiforge.launch.console import StartupError

BACKLOG: Final = 1024
"""Connections that may wait for web to accept them. A burst fills Twisted's 50, and then others wait a second."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(host: str, port: int) -> None:
    """Check that web can listen on `host` and `port`. Raises `StartupError` with one line for a person."""
    try:
        bound_socket(host, port).close()
    except OSError as error:
        raise StartupError(_explain(host, port, error)) from error


def bound_socket(host: str, port: int, shared: bool = False) -> socket.socket:
    """Return a socket with the address, which does not listen yet. Raises `OSError`.

    An address that is `shared` can be bound by several sockets of one user; connections go to those that listen, in
    equal parts.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        # Connections of the last run that linger are no obstacle.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program. Choose another one: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} needs the rights of root. Choose one above 1023: PORT=8000 make run"
    return f"Web cannot listen on {host}:{port} ({error.strerror}). Set HOST and PORT."
