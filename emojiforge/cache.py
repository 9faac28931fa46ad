"""Connections to Redis for Django's cache."""

from __future__ import annotations

import functools
from typing import Any

from redis import ConnectionPool


class SharedConnectionPool(ConnectionPool):
    """One for each address in a process.

    Under ASGI Django makes its caches anew for each request, and by itself a pool of connections with each of them: a
    third of the time of a short request would go into connecting.
    """

    @classmethod
    @functools.cache
    def from_url(cls, url: str, **options: Any) -> SharedConnectionPool:
        """Return the pool of that address and those options, which are hashable."""
        pool: SharedConnectionPool = super().from_url(url, **options)
        return pool
