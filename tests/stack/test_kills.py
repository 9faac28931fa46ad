"""Processes are killed and Redis is emptied in the middle of the work; it is finished all the same, and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.processes import kill_all
from tests.stack.fixtures import bright, executions
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("kills")]

FRAMES = 24
BIG: dict[str, Any] = {"frame_count": FRAMES, "candidates": 2, "size": 256, "matte": "rembg"}
"""Enough to draw that there is a middle to be killed in."""


@pytest.fixture
def person(faulty: Product) -> Person:
    faulty.workers("bulk")  # a test before may have killed them: no job should be over before all are back
    return faulty.person()


def begin(person: Person) -> dict[str, Any]:
    """Start a project and wait until it is being drawn: its matte is paid for, its frames arrive."""
    project = person.upload(bright(), prompt="bounce", **BIG)
    until(lambda: person.get(f"jobs/{project['job']['id']}/")["done"] > 4, 60, "the first frames")
    return project


def assert_finished_once(person: Person, project: dict[str, Any], calls: int = 1) -> None:
    job = person.finished(project["job"]["id"], seconds=75)
    assert (job["status"], job["done"]) == ("succeeded", 2 * FRAMES)
    assert job["gpu"]["calls"] <= calls
    detail = person.get(f"projects/{project['id']}/")
    assert detail["status"] == "ready"
    for frame in detail["frames"]:
        assert [each["ordinal"] for each in frame["candidates"]] == [0, 1]
        assert {each["status"] for each in frame["candidates"]} == {"ready"}


def test_a_job_survives_the_end_of_its_rq_parent(faulty: Product, person: Person) -> None:
    project = begin(person)
    kill_all(faulty.workers("bulk"))
    assert_finished_once(person, project)


def test_a_job_survives_the_end_of_the_process_that_all_workers_come_from(faulty: Product, person: Person) -> None:
    project = begin(person)
    faulty.child("emojiforge.worker", "bulk").kill()
    assert_finished_once(person, project)


def test_a_job_survives_the_end_of_its_work_horse(faulty: Product, person: Person) -> None:
    project = begin(person)
    kill_all([faulty.work_horse("bulk")])
    assert_finished_once(person, project)


def test_a_job_survives_the_end_of_both(faulty: Product, person: Person) -> None:
    project = begin(person)
    workers, horses = faulty.workers("bulk"), faulty.work_horses("bulk")
    kill_all([*workers, *horses])
    assert_finished_once(person, project)


def test_a_job_killed_while_its_matte_is_made_takes_the_same_call_up_again(
    faulty: Product, person: Person, fake_gpu: LocalEndpoint
) -> None:
    before = executions(fake_gpu)
    project = person.upload(bright(), prompt="sway", **BIG)
    until(lambda: person.get(f"jobs/{project['job']['id']}/")["gpu"]["calls"] == 1, 30, "the call")
    kill_all([*faulty.work_horses("bulk"), *faulty.workers("bulk")])
    # Two at most when the kill fell while the send was unanswered; the ledger shows both then.
    assert_finished_once(person, project, calls=2)
    job = person.get(f"jobs/{project['job']['id']}/")
    assert (executions(fake_gpu) - before).total() <= job["gpu"]["calls"]


def test_a_job_survives_an_emptied_redis_while_it_runs(faulty: Product, person: Person) -> None:
    project = begin(person)
    faulty.redis().flushall()
    assert_finished_once(person, project)


def test_a_queued_job_survives_an_emptied_redis(faulty: Product, person: Person) -> None:
    first = begin(person)
    second = person.upload(bright(), prompt="spin", **BIG)
    assert person.get(f"jobs/{second['job']['id']}/")["status"] == "queued"
    faulty.redis().flushall()
    assert_finished_once(person, first)
    assert_finished_once(person, second)
