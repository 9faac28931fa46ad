"""Asking once more after a failure that may pass."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gpu.clock import Clock
from gpu.errors import RateLimited, TransportError
from gpu.runpod.policy import CallPolicy

Answer = TypeVar("Answer")


async def retry(attempt: Callable[[], Awaitable[Answer]], policy: CallPolicy, clock: Clock) -> Answer:
    """Await attempts until one succeeds.

    Raises the last `TransportError` or `RateLimited` when the tries are used up, or when the next one would come
    after `max_retry_time`. Pauses start at `initial_backoff` and grow by half, each shortened at random by up
    to half, so that clients that failed together do not come back together; a longer Retry-After is kept.
    """
    backoff, until = policy.initial_backoff, clock.now() + policy.max_retry_time
    for _ in range(policy.max_tries - 1):
        try:
            return await attempt()
        except (TransportError, RateLimited) as error:
            retry_after = error.retry_after if isinstance(error, RateLimited) else 0.0
            jittered = backoff * random.uniform(0.5, 1.0)  # noqa: S311 no secret, only spread
            pause = max(jittered, retry_after)
            if clock.now() + pause > until:
                raise
        await clock.sleep(pause)
        backoff = min(backoff * 1.5, policy.max_backoff)
    return await attempt()
