"""Nothing is paid for twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.stack.fixtures import bright, executions
from tests.stack.product import Product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("faults")]


def test_two_clicks_at_once_make_one_job_and_one_call(faulty: Product, fake_gpu: LocalEndpoint) -> None:
    person, before = faulty.person(), executions(fake_gpu)
    project = person.upload(bright(), prompt="wobble", start="false")
    with ThreadPoolExecutor(2) as pool:
        path = f"projects/{project['id']}/generate/"
        answers = list(pool.map(lambda _: person.http.post(path, json={}), range(2)))
    assert [answer.status_code for answer in answers] == [202, 202]
    jobs = {answer.json()["id"] for answer in answers}
    assert len(jobs) == 1
    assert person.finished(jobs.pop())["gpu"]["calls"] == 1
    assert (executions(fake_gpu) - before).total() == 1


def test_a_second_generate_of_the_same_picture_costs_no_second_matte(
    faulty: Product, fake_gpu: LocalEndpoint
) -> None:
    person, before = faulty.person(), executions(fake_gpu)
    project = person.upload(bright(), prompt="bounce", frame_count=4, candidates=1)
    person.finished(project["job"]["id"])
    again = person.http.post(f"projects/{project['id']}/generate/", json={"prompt": "slow zoom"}).json()
    job = person.finished(again["id"])
    assert (job["status"], job["gpu"]["calls"]) == ("succeeded", 0)
    assert (executions(fake_gpu) - before).total() == 1
    detail = person.get(f"projects/{project['id']}/")
    assert detail["motion"]["understood_as"] == "slow zoom"
    assert {frame["delay_ms"] for frame in detail["frames"]} == {128}
    until(lambda: person.get("usage/")["gpu_seconds"] > 0, 5, "the usage")
