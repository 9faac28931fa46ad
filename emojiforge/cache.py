"""Django's cache in Redis: one connection pool per process, and no errors while Redis is unavailable."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import ConnectionPool
from redis.exceptions import RedisError

from animations.outages import LogLimit

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 2.0
"""After an error, before Redis is tried again."""


class SharedConnectionPool(ConnectionPool):
    """A connection pool that all caches of a process share.

    Under ASGI Django makes new caches for each request, each with a pool of its own: connecting would take a third of
    the time of a short request.
    """

    @classmethod
    @functools.cache
    def from_url(cls, url: str, **options: Any) -> SharedConnectionPool:
        """Return the pool for this address and these options, which are hashable."""
        pool: SharedConnectionPool = super().from_url(url, **options)
        return pool


class OptionalCache(RedisCache):
    """A cache that is empty and stores nothing while Redis is unavailable.

    Rate limits, which are counted in it, are then off. After an error Redis is not tried for some seconds, so that
    requests do not wait for it, and one line a minute is logged.
    """

    _retry_at: ClassVar[dict[str, float]] = {}
    """By address, the (monotonic) time before which it is not tried again."""
    _log_limit: ClassVar = LogLimit()

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._address = str(server)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._call(default, super().get, key, default, version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._call({}, super().get_many, keys, version)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._call(False, super().has_key, key, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._call(True, super().add, key, value, timeout, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._call(None, super().set, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._call(False, super().touch, key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._call(False, super().delete, key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raise `ValueError` for a key that is not there, as every cache does."""
        counted = self._call(None, super().incr, key, delta, version)
        if counted is None:
            raise ValueError(f"Key {key!r} not found")
        return int(counted)

    def _call(self, fallback: Any, ask: Callable[..., Any], *args: Any) -> Any:
        """Return the answer of Redis, or `fallback` while it is unavailable."""
        retry_at = self._retry_at.get(self._address)
        if retry_at is not None:
            if time.monotonic() < retry_at:
                return fallback
            self._postpone()  # one request tries it; if it hangs, the others need not wait as well
        try:
            answer = ask(*args)
        except RedisError as error:
            self._postpone()
            self._log(error)
            return fallback
        self._retry_at.pop(self._address, None)
        return answer

    def _postpone(self) -> None:
        self._retry_at[self._address] = time.monotonic() + RETRY_AFTER_S

    @classmethod
    def _log(cls, error: RedisError) -> None:
        if cls._log_limit.allows():
            log.warning("the cache is unavailable, so rate limits are off: %s", type(error).__name__)
