"""TCP ports: free ones for what is not public, and whether the public one is free."""

from __future__ import annotations

import errno
import socket

from emojiforge.launch.console import StartupError


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(host: str, port: int) -> None:
    """Check that web can listen on `host` and `port`. Raises `StartupError` with one line for a person."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does it, so that connections of the last run that linger are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise StartupError(_explain(host, port, error)) from error


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program. Choose another one: PORT={port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {port} needs the rights of root. Choose one above 1023: PORT=8000 make run"
    return f"Web cannot listen on {host}:{port} ({error.strerror}). Set HOST and PORT."
