"""Processes are killed and Redis is emptied in the middle of the work; it is finished all the same, and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack.product import Person, Product, until

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("kills")]

BIG = {"frame_count": 60, "candidates": 2, "size": 384}
"""Enough to draw that there is a middle to be killed in."""


def begin(person: Person, photo: bytes) -> dict[str, Any]:
    """A project whose job is being drawn: its matte has been paid for, its frames arrive."""
    project = person.upload(photo, prompt="bounce", **BIG)
    until(lambda: person.get(f"jobs/{project['job']['id']}/")["done"] > 4, 60, "the first frames")
    return project


def assert_finished_once(person: Person, project: dict[str, Any], calls: int = 1) -> None:
    job = person.finished(project["job"]["id"], seconds=75)
    assert (job["status"], job["done"]) == ("succeeded", 120)
    assert job["gpu"]["calls"] <= calls
    detail = person.get(f"projects/{project['id']}/")
    assert detail["status"] == "ready"
    for frame in detail["frames"]:
        assert [each["ordinal"] for each in frame["candidates"]] == [0, 1]
        assert {each["status"] for each in frame["candidates"]} == {"ready"}


def test_a_job_survives_the_end_of_its_rq_parent(product: Product, person: Person, photo: bytes) -> None:
    project = begin(person, photo)
    product.child("emojiforge.worker", "bulk").kill()
    assert_finished_once(person, project)


def test_a_job_survives_the_end_of_its_work_horse(product: Product, person: Person, photo: bytes) -> None:
    project = begin(person, photo)
    product.horse("bulk").kill()
    assert_finished_once(person, project)


def test_a_job_survives_the_end_of_both(product: Product, person: Person, photo: bytes) -> None:
    project = begin(person, photo)
    worker = product.child("emojiforge.worker", "bulk")
    horses = worker.children()
    for process in (worker, *horses):
        process.kill()
    assert_finished_once(person, project)


def test_a_job_killed_while_its_matte_is_made_takes_the_same_call_up_again(
    product: Product, person: Person, photo: bytes
) -> None:
    before = product.executions()
    project = person.upload(photo, prompt="sway", **BIG)
    until(lambda: person.get(f"jobs/{project['job']['id']}/")["gpu"]["calls"] == 1, 30, "the call")
    worker = product.child("emojiforge.worker", "bulk")
    for process in (*worker.children(), worker):
        process.kill()
    # Two at most when the kill fell while the send was unanswered; the ledger shows both then.
    assert_finished_once(person, project, calls=2)
    job = person.get(f"jobs/{project['job']['id']}/")
    assert product.executions() - before <= job["gpu"]["calls"] + 1  # the reconciler may have asked for `info`


def test_a_job_survives_an_emptied_redis_while_it_runs(product: Product, person: Person, photo: bytes) -> None:
    project = begin(person, photo)
    product.redis().flushall()
    assert_finished_once(person, project)


def test_a_queued_job_survives_an_emptied_redis(product: Product, person: Person, photo: bytes) -> None:
    first = begin(person, photo)
    second = person.upload(photo, prompt="spin", **BIG)
    assert person.get(f"jobs/{second['job']['id']}/")["status"] == "queued"
    product.redis().flushall()
    assert_finished_once(person, first)
    assert_finished_once(person, second)
