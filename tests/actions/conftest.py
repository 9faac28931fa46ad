from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_rq
import pytest
import redis

from animations import storage
from animations.encode.platforms import PLATFORMS, ExportOptions, limits, with_options
from animations.models import Export
from animations.models.loop import chosen_loop
from animations.models.transitions import revise

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


def finish_export(row: Export) -> None:
    """Write down that a job has made its file of the frames that are chosen now, by the rules of now."""
    rules = limits(with_options(PLATFORMS[row.platform], ExportOptions.read(row.options)))
    checks = [{"rule": rule, "limit": limit, "actual": limit, "ok": True} for rule, limit in rules.items()]
    measures = {"bytes": 6, "width": 1, "height": 1, "frames": 1, "duration_ms": 1, "format": "GIF"}
    with revise(row.project_id) as revision:
        row.project.jobs.filter(pk=row.job_id, status="queued").update(status="running")
        row.refresh_from_db()
        Export.start_all([row], revision, chosen_loop(row.project).digest)
        row.files.create(name="face.gif", file=storage.save(row.project_id, b"GIF89a", "gif"), **measures)
        row.succeed(revision, checks, [])
        row.job.succeed(revision)
