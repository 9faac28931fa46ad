"""Channels' layer over the real Valkey, with a bad line: hints are dropped, doubled, and come in another order."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

WHAT: Counter[str] = Counter()
"""What was done to the hints, so that a test can see that something was."""


class FaultyLayer(RedisPubSubChannelLayer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._random = Random(7)
        self._late: list[tuple[str, Any]] = []

    async def group_send(self, group: str, message: Any) -> None:
        fate = self._random.choice(["dropped", "doubled", "late", "sent"])
        WHAT[fate] += 1
        if fate == "late":
            self._late.append((group, message))
            return
        now = {"dropped": [], "doubled": [(group, message)] * 2, "sent": [(group, message)]}[fate]
        if fate != "dropped":
            now += self._late
            self._late = []
        for to, hint in now:
            await self._get_layer().group_send(to, hint)
