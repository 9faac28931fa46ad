"""Two clicks at once, on the real database with a thread each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from animations.models import Candidate, IdempotencyKey, Job, Project
from tests.conftest import ClientOf, MakeProject, upload

CLICKS = 4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emoji(transactional_db: None, owner: User, new_project: MakeProject) -> Project:
    return new_project(owner)


def run_at_once(click: Callable[[int], Any]) -> list[tuple[int, Any]]:
    """Begin all clicks together, and return the status and body of each."""
    start, answers = threading.Barrier(CLICKS), []

    def run(number: int) -> None:
        try:
            start.wait(timeout=10)
            answer = click(number)
            answers.append((answer.status_code, answer.json()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == CLICKS
    return answers


def click_on(
    client_of: ClientOf, owner: User, url: str, body: dict[str, Any], **headers: str
) -> Callable[[int], Any]:
    clients = [client_of(owner) for _ in range(CLICKS)]
    return lambda number: clients[number].post(url, body, format="json", headers=headers)


@pytest.mark.parametrize("key", [None, "a-key"])
@pytest.mark.parametrize(
    ("route", "body"), [("generate/", {"frame_count": 4}), ("frames/1/retry/", {"prompt": "wobble", "candidates": 2})]
)
def test_clicks_at_once_make_one_job(
    emoji: Project, owner: User, client_of: ClientOf, route: str, body: dict[str, Any], key: str | None
) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    answers = run_at_once(click_on(client_of, owner, f"/api/v1/projects/{emoji.pk}/{route}", body, **headers))
    done = [answer for status, answer in answers if status == 202]
    assert {status for status, _ in answers} <= {202, 409}
    assert done
    (job,) = Job.objects.filter(status="queued")
    assert {answer["id"] for answer in done} == {str(job.pk)}
    assert Candidate.objects.filter(job=job).count() == job.total
    # Without a key every click gets the live job; with one, the first that is still at it may send others away.
    assert key or len(done) == CLICKS


def test_equal_exports_at_once_are_made_once(emoji: Project, owner: User, client_of: ClientOf) -> None:
    body = {"platforms": ["slack", "gif"]}
    answers = run_at_once(click_on(client_of, owner, f"/api/v1/projects/{emoji.pk}/exports/", body))
    assert [status for status, _ in answers] == [202] * CLICKS
    assert len({tuple(row["id"] for row in rows) for _, rows in answers}) == 1
    assert Job.objects.filter(kind="export", status="queued").count() == 1


def test_an_upload_sent_again_while_it_is_under_way_makes_one_project(
    emoji: Project, owner: User, client_of: ClientOf
) -> None:
    clients = [client_of(owner) for _ in range(CLICKS)]

    def click(number: int) -> Any:
        body = {"source": upload(), "prompt": "bounce"}
        return clients[number].post(
            "/api/v1/projects/", body, format="multipart", headers={"Idempotency-Key": "one upload"}
        )

    answers = run_at_once(click)
    made = {answer["id"] for status, answer in answers if status == 201}
    assert len(made) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert Project.objects.exclude(pk=emoji.pk).count() == 1
    assert IdempotencyKey.objects.get().status_code == 201
