from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_rq
import pytest
import redis

Commits = Callable[..., Any]
Waiting = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(autouse=True)
def _empty(valkey: redis.Redis) -> None:
    """No message is on a queue, no ticket is out."""


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Commits) -> Commits:
    """`with committed():` what the block leaves for after its commit is done at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def waiting() -> Waiting:
    """Function and key of each message on a queue, first come first."""
    return lambda queue: [(message.func_name, *message.args) for message in django_rq.get_queue(queue).jobs]
