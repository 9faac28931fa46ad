from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_rq
import pytest
import redis

RunOnCommit = Callable[..., Any]
QueuedMessages = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(autouse=True)
def _empty_valkey(valkey: redis.Redis) -> None:
    """Start each test with empty queues and without tickets."""


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks: RunOnCommit) -> RunOnCommit:
    """Return a context in which what waits for the commit is done at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def queued_messages() -> QueuedMessages:
    """Return function and key of each message on a queue, oldest first."""
    return lambda queue: [(message.func_name, *message.args) for message in django_rq.get_queue(queue).jobs]
