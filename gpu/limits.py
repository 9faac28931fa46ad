"""How long, how often and how many at once: the client's manners, and its patience."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from gpu.errors import RateLimited, TransportError

Sleep = Callable[[float], Awaitable[None]]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. The defaults keep below RunPod's rates (200 `/run` at once, 1000 in 10 s)."""

    concurrency: int = 30
    deadline: float = 600.0
    uncertain_wait: float = 15.0
    """Longer than an answer may take, so that a run that still lives has said what came of its send."""
    connect: float = 3.0
    answer: float = 10.0
    cancel: float = 5.0
    first_poll: float = 0.05
    longest_poll: float = 0.25
    tries: int = 6
    """The first one and five more, after transport errors, 429 or 5xx in a row."""
    first_pause: float = 0.25
    longest_pause: float = 5.0
    longest_retry_after: float = 30.0


async def persist(question: Callable[[], Awaitable[Answer]], limits: Limits, sleep: Sleep) -> Answer:
    """Ask until there is an answer; the last `TransportError` or `RateLimited` when the tries are used up.

    Pauses start at `first_pause` and grow by half, each shortened at random by up to half so that clients that failed
    together do not come back together; Retry-After is kept when it is longer.
    """
    pause = limits.first_pause
    for _ in range(limits.tries - 1):
        try:
            return await question()
        except (TransportError, RateLimited) as error:
            wish = error.retry_after if isinstance(error, RateLimited) else 0.0
        jittered = pause * random.uniform(0.5, 1.0)  # noqa: S311 no secret, only spread
        await sleep(max(jittered, min(wish, limits.longest_retry_after)))
        pause = min(pause * 1.5, limits.longest_pause)
    return await question()
