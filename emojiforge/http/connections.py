"""Limit the connections of the process and of each address, closing the longest idle one for a new one."""

from __future__ import annotations

import resource
from collections import Counter
from typing import Any, Final

from animations.networks import network_of

MAX_CONNECTIONS: Final = 2048
MAX_PER_ADDRESS: Final = 512
FILES_PER_CONNECTION: Final = 3
"""Its socket, the file that receives its body, and what the application opens."""

Transport = Any
"""Twisted's transport of one TCP connection."""


class Connections:
    """The open connections, each with its address, or network of IPv6.

    A connection is idle until a request has arrived in full, and again after the response.
    """

    def __init__(self, at_once: int, per_address: int) -> None:
        self._at_once = at_once
        self._per_address = per_address
        self._addresses: dict[Transport, str] = {}
        self._counts: Counter[str] = Counter()
        self._idle: dict[Transport, None] = {}  # the longest idle one first
        self._sockets: set[Transport] = set()

    def add(self, transport: Transport, address: str) -> bool:
        """Accept a new connection, or close it and return False where no idle one can be closed instead."""
        address = network_of(address)
        full = self._counts[address] >= self._per_address
        if (full or len(self._addresses) >= self._at_once) and not self._close_idle(address if full else None):
            transport.abortConnection()
            return False
        self._addresses[transport] = address
        self._counts[address] += 1
        self._idle[transport] = None
        return True

    def remove(self, transport: Transport) -> None:
        """Forget a closed connection. Does nothing for one that is already forgotten."""
        self._idle.pop(transport, None)
        self._sockets.discard(transport)
        address = self._addresses.pop(transport, None)
        if address is not None:
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]

    def add_socket(self, transport: Transport) -> bool:
        """Count a connection as a WebSocket. Return False where its address has as many as it may."""
        address = self._addresses.get(transport)
        alike = sum(self._addresses[one] == address for one in self._sockets)
        if address is None or alike >= self._per_address // 2:
            return False
        self._sockets.add(transport)
        return True

    def set_idle(self, transport: Transport, idle: bool) -> None:
        """Mark a connection as waiting for a request, or as busy with one."""
        if idle and transport in self._addresses:
            self._idle[transport] = None
        else:
            self._idle.pop(transport, None)

    def _close_idle(self, address: str | None) -> bool:
        """Close the longest idle connection of this address, or of any, and return whether there was one."""
        for transport in self._idle:
            if address in (None, self._addresses[transport]):
                self.remove(transport)
                transport.abortConnection()
                return True
        return False


def raise_file_limit() -> int:
    """Raise the limit of open files as needed, and return the number of connections that it allows."""
    wanted = MAX_CONNECTIONS * FILES_PER_CONNECTION
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MAX_CONNECTIONS, soft // FILES_PER_CONNECTION)
