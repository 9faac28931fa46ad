"""Two clicks at once, on the real database with a thread each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django import Settings

from animations import storage
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


@pytest.mark.parametrize("way", ["upload", "duplicate"])
def test_new_emojis_at_once_are_no_more_than_there_is_room_for(
    emoji: Project,
    owner: User,
    client_of: ClientOf,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    settings.PROJECTS_PER_PERSON = 2
    clients = [client_of(owner) for _ in range(CLICKS)]
    all_checked = threading.Barrier(CLICKS)
    save = storage.save_file if way == "upload" else storage.copy_file

    def save_once_all_are_checked(*args: Any) -> str:
        with suppress(threading.BrokenBarrierError):
            all_checked.wait(timeout=5)
        return save(*args)

    def click(number: int) -> Any:
        if way == "duplicate":
            return clients[number].post(f"/api/v1/projects/{emoji.pk}/duplicate/")
        return clients[number].post("/api/v1/projects/", {"source": upload(), "prompt": "bounce"}, format="multipart")

    before = set(default_storage.listdir("projects")[0])
    monkeypatch.setattr(storage, save.__name__, save_once_all_are_checked)
    answers = run_at_once(click)
    assert sorted(status for status, _ in answers) == [201, *[403] * (CLICKS - 1)]
    refusals = [answer["errors"][0]["code"] for status, answer in answers if status == 403]
    assert set(refusals) == {"too_many_projects"}
    left = set(default_storage.listdir("projects")[0]) - before
    assert left == {answer["id"] for status, answer in answers if status == 201}
