"""The channel layer of hints: groups over Redis, and a queue for each socket in its own process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.pubsub import logger as pubsub_log
from channels_redis.utils import _wrap_close
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from animations.outages import LogLimit


class _GroupsLayer(RedisPubSubLoopLayer):  # type: ignore[misc]  # channels_redis is untyped
    async def _subscribe_to_channel(self, channel: str) -> None:
        """Make the socket's queue. Redis need not know it: nothing is sent to one socket, only to a project's."""
        self.channels[channel] = asyncio.Queue()

    async def group_add(self, group: str, channel: str) -> None:
        """Have the group's messages sent to the channel; raises `RedisError`."""
        with _connection_given_up():
            await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Have them sent there no longer; raises `RedisError`."""
        with _connection_given_up():
            await super().group_discard(group, channel)


@contextmanager
def _connection_given_up() -> Iterator[None]:
    """Raise an outage for what redis-py raises where another socket's task has just closed their connection."""
    try:
        yield
    except AttributeError as error:
        raise RedisConnectionError("the connection was closed meanwhile") from error


class HintLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """A channel layer with which a socket can be opened and closed while Redis is away; only groups need it."""

    def _get_layer(self) -> _GroupsLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _GroupsLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        layer: _GroupsLayer = self._layers[loop]
        return layer


class OutageFilter(logging.Filter):
    """Log once a minute, and without a traceback, that Redis is away: the layer tries again every second."""

    def __init__(self) -> None:
        super().__init__()
        self._limit = LogLimit()

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten an error of Redis to its type, or drop it."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, RedisError | OSError):
            return True
        record.msg, record.args = "Redis is away, so sockets get no hints: %s", (type(error).__name__,)
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return self._limit.allows()


pubsub_log.addFilter(OutageFilter())
