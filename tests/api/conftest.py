from __future__ import annotations

import pytest
import redis


@pytest.fixture(autouse=True)
def _fresh_counters(valkey: redis.Redis) -> None:
    """Count requests, and keep tickets, in an empty cache."""
