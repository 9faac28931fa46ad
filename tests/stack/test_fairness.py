"""One person's many jobs do not keep another person's small one waiting, on the real queues with their workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.stack.fixtures import bright
from tests.stack.product import Product

pytestmark = pytest.mark.stack
MANY: dict[str, Any] = {"prompt": "bounce", "matte": "none", "frame_count": 60, "candidates": 2, "size": 256}
ONE: dict[str, Any] = {"prompt": "bounce", "matte": "none", "frame_count": 4, "candidates": 1, "size": 64}


def seconds_waited(job: dict[str, Any]) -> float:
    created, started = (datetime.fromisoformat(job[name]) for name in ("created_at", "started_at"))
    return (started - created).total_seconds()


def test_a_small_job_is_not_behind_twenty_of_somebody_else(product: Product) -> None:
    many, one = product.person(), product.person()
    projects = [many.upload(bright(), **MANY) for _ in range(20)]
    small = one.upload(bright(), **ONE)
    job = one.finished(small["job"]["id"])
    others = [many.get(f"jobs/{project['job']['id']}/") for project in projects]
    before = [other for other in others if job["created_at"] < (other["started_at"] or "9") < job["started_at"]]
    retry = one.http.post(f"projects/{small['id']}/frames/0/retry/", json={"prompt": "wobble", "candidates": 1})
    urgent = one.finished(retry.json()["id"])
    for project in projects:
        assert many.http.delete(f"projects/{project['id']}/").status_code == 204
    assert job["status"] == urgent["status"] == "succeeded"
    assert len(before) <= 1
    assert seconds_waited(job) < 3, f"{seconds_waited(job):.1f} s"
    assert seconds_waited(urgent) < 2, f"{seconds_waited(urgent):.1f} s"
    assert sum(other["status"] == "queued" for other in others) >= 10, "they were under way all the time"
