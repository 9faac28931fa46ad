"""A person may store so much and have so many emojis; more is refused before its bytes are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from animations.actions.quota import EXPORT_RESERVE
from animations.models import Project
from animations.work.cleanup.project_files import sweep
from tests.conftest import ClientOf, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(api: APIClient, **fields: Any) -> Any:
    body = {"source": upload(png(size=64)), "prompt": "bounce", "start": "false"} | fields
    return api.post("/api/v1/projects/", body, format="multipart")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_what_is_stored_counts_from_the_upload_on_and_is_shown(
    api: APIClient, stored: Path, settings: Settings
) -> None:
    project = Project.objects.get(pk=send(api).json()["id"])
    on_disk = sum(path.stat().st_size for path in stored.rglob("*.png"))
    usage = api.get("/api/v1/usage/").json()
    assert (usage["projects"], usage["projects_limit"]) == (1, settings.PROJECTS_PER_PERSON)
    assert usage["stored_bytes_limit"] == settings.STORAGE_MB_PER_PERSON * 1_000_000
    assert usage["stored_bytes"] >= on_disk > 0
    sweep(project.pk)
    assert api.get("/api/v1/usage/").json()["stored_bytes"] == on_disk
    assert "1 of 1000 emojis" in api.get("/").content.decode()


def test_a_person_who_stores_too_much_is_refused_and_others_are_not(
    api: APIClient, stored: Path, stranger: User, client_of: ClientOf, settings: Settings
) -> None:
    address = f"/api/v1/projects/{send(api).json()['id']}/"
    files = sorted(stored.rglob("*"))
    Project.objects.update(stored_bytes=settings.STORAGE_MB_PER_PERSON * 1_000_000 + 1)
    assert refusal(send(api)) == (403, "storage_full")
    assert refusal(api.post(f"{address}generate/")) == (403, "storage_full")
    assert sorted(stored.rglob("*")) == files
    assert send(client_of(stranger)).status_code == 201
    assert api.delete(address).status_code == 204
    assert send(api).status_code == 201


def test_an_upload_that_would_take_too_much_is_refused_before_it_is_stored(
    api: APIClient, stored: Path, settings: Settings
) -> None:
    send(api)
    Project.objects.update(stored_bytes=settings.STORAGE_MB_PER_PERSON * 1_000_000 - 100)
    assert refusal(send(api)) == (403, "storage_full")
    assert Project.objects.count() == len(list((stored / "projects").iterdir())) == 1


def test_a_person_with_too_many_emojis_deletes_one_first(api: APIClient, stored: Path, settings: Settings) -> None:
    settings.PROJECTS_PER_PERSON = 1
    first = send(api).json()["id"]
    assert refusal(send(api)) == (403, "too_many_projects")
    api.delete(f"/api/v1/projects/{first}/")
    assert send(api).status_code == 201


@pytest.mark.parametrize(("limit", "code"), [("projects", "too_many_projects"), ("bytes", "storage_full")])
def test_what_is_taken_out_of_the_trash_has_to_fit_again(
    api: APIClient, stored: Path, settings: Settings, limit: str, code: str
) -> None:
    first = send(api).json()["id"]
    api.delete(f"/api/v1/projects/{first}/")
    send(api)
    if limit == "projects":
        settings.PROJECTS_PER_PERSON = 1
    else:
        Project.objects.filter(trashed_at=None).update(stored_bytes=settings.STORAGE_MB_PER_PERSON * 1_000_000)
    assert refusal(api.post(f"/api/v1/projects/{first}/restore/")) == (403, code)
    assert Project.objects.get(pk=first).trashed_at


def test_who_stores_too_much_can_still_export_but_not_without_end(
    api: APIClient, project: Project, settings: Settings
) -> None:
    Project.objects.update(stored_bytes=settings.STORAGE_MB_PER_PERSON * 1_000_000 + 1)
    answer = api.post(f"/api/v1/projects/{project.pk}/exports/", {"platforms": ["gif"]})
    assert answer.status_code == 202
    Project.objects.update(stored_bytes=settings.STORAGE_MB_PER_PERSON * 1_000_000 + EXPORT_RESERVE + 1)
    answer = api.post(f"/api/v1/projects/{project.pk}/exports/", {"platforms": ["slack"]})
    assert refusal(answer) == (403, "storage_full")
