"""Lose, double and reorder hints, over the real Valkey."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

FATES: Counter[str] = Counter()
"""How many hints had each fate, so that a test can see that faults happened."""


class LossyChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]  # channels_redis is untyped
    """A channel layer that loses, doubles and delays messages by a seeded chance."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._random = Random(7)
        self._late: list[tuple[str, Any]] = []

    async def group_send(self, group: str, message: Any) -> None:
        fate = self._random.choice(["dropped", "doubled", "late", "sent"])
        FATES[fate] += 1
        if fate == "late":
            self._late.append((group, message))
            return
        now = {"dropped": [], "doubled": [(group, message)] * 2, "sent": [(group, message)]}[fate]
        if fate != "dropped":
            now += self._late
            self._late = []
        for to, hint in now:
            await self._get_layer().group_send(to, hint)
