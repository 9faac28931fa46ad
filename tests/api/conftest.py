from __future__ import annotations

import pytest
import redis


@pytest.fixture(autouse=True)
def _fresh_counters(valkey: redis.Redis) -> None:
    """Requests are counted, and tickets kept, in a cache that nobody has used."""
