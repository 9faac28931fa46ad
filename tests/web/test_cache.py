from __future__ import annotations

from contextvars import Context

import redis
from django.core.cache import cache


def test_requests_share_their_connection_to_the_cache(valkey: redis.Redis) -> None:
    def request() -> int:
        """As under ASGI, where each has a context, and in it caches, of its own."""
        cache.set("asked", 1)
        return int(valkey.info("stats")["total_connections_received"])

    first = Context().run(request)
    assert [Context().run(request) for _ in range(4)] == [first] * 4
