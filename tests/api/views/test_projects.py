from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from animations.models import Job, Preset, Project
from animations.work.cleanup.deleted_projects import empty_trash
from tests.conftest import ClientOf, MakeProject, content, upload

PROJECTS = "/api/v1/projects/"

PROJECT_KEYS = set(
    [
        "id",
        "name",
        "status",
        "job",
        "source",
        "motion",
        "generator",
        "frame_count",
        "frame_ms",
        "size",
        "candidates",
        "matte",
        "revision",
        "progress",
        "thumbnail_url",
        "created_at",
        "updated_at",
    ]
)
CANDIDATE_KEYS = set(
    [
        "id",
        "ordinal",
        "status",
        "origin",
        "parent",
        "prompt",
        "engine",
        "picture_url",
        "alpha_url",
        "cutout_url",
        "preview_url",
        "error",
    ]
)
JOB_KEYS = set(["kind", "status", "done", "total", "error", "created_at", "started_at", "finished_at", "gpu"])


def create(client: APIClient, **fields: Any) -> Any:
    return client.post(PROJECTS, {"source": upload(), "prompt": "bounce"} | fields, format="multipart")


def test_a_project_is_made_of_an_uploaded_picture_and_its_frames_are_on_their_way(api: APIClient) -> None:
    answer = create(api, name="Ember", frame_count=4, candidates=2, frame_ms=50, size=128, matte="none")
    made = answer.json()
    assert answer.status_code == 201, made
    assert made.keys() >= PROJECT_KEYS | {"frames"}
    chosen = (made["name"], made["frame_count"], made["candidates"], made["frame_ms"], made["size"], made["matte"])
    assert chosen == ("Ember", 4, 2, 50, 128, "none")
    assert made["status"] == "working"
    assert made["job"].keys() >= JOB_KEYS
    assert (made["job"]["kind"], made["job"]["status"]) == ("generate", "queued")
    assert made["motion"] == {"preset": None, "prompt": "bounce", "understood_as": "bounce", "words": "bounce"}
    assert made["source"].keys() >= {"kind", "url", "alpha_url", "cutout_url", "width", "height"}
    assert made["progress"] == {"done": 0, "total": 4, "failed": 0}
    assert [frame["index"] for frame in made["frames"]] == [0, 1, 2, 3]
    assert [len(frame["candidates"]) for frame in made["frames"]] == [2, 2, 2, 2]
    assert made["frames"][0].keys() >= {"id", "index", "delay_ms", "status", "chosen", "candidates"}
    assert made["frames"][0]["candidates"][0].keys() >= CANDIDATE_KEYS
    assert made["created_at"].endswith("Z")


def test_options_that_are_not_sent_have_the_defaults(api: APIClient) -> None:
    made = create(api).json()
    fields = ("frame_count", "frame_ms", "size", "candidates", "matte", "generator")
    assert [made[name] for name in fields] == [12, 80, 256, 3, "auto", "auto"]


def test_a_project_can_use_a_preset(api: APIClient, bounce: Preset) -> None:
    assert create(api, prompt="", preset="bounce").json()["motion"]["preset"] == "bounce"


def test_a_name_is_one_line(api: APIClient) -> None:
    made = create(api, start="false", name=" Two\n lines\u2028too ").json()
    assert made["name"] == "Two lines too"


def test_a_project_can_wait_for_its_start(api: APIClient) -> None:
    made = create(api, start="false").json()
    assert (made["status"], made["job"], made["frames"]) == ("draft", None, [])
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"frame_count": 1}, "frame_count"),
        ({"frame_count": 61}, "frame_count"),
        ({"frame_ms": 19}, "frame_ms"),
        ({"frame_ms": 1001}, "frame_ms"),
        ({"size": 63}, "size"),
        ({"size": 513}, "size"),
        ({"candidates": 5}, "candidates"),
        ({"candidates": "many"}, "candidates"),
        ({"matte": "magic"}, "matte"),
        ({"generator": "magic"}, "generator"),
        ({"preset": "no-such", "prompt": ""}, "preset"),
        ({"prompt": "qwertyish"}, "prompt"),
        ({"prompt": "x" * 301}, "prompt"),
        ({"source": ""}, "source"),
        ({"source": upload(b"")}, "source"),
        ({"source": upload(b"These are words, whatever the name says.")}, "source"),
    ],
)
def test_a_wrong_field_is_refused_by_name_and_leaves_nothing(
    api: APIClient, fields: dict[str, Any], attr: str
) -> None:
    answer = create(api, **fields)
    assert (answer.status_code, answer.json()["type"]) == (400, "validation_error")
    error = answer.json()["errors"][0]
    assert error["attr"] == attr
    assert error["detail"]
    assert not Project.objects.exists()


def test_a_picture_of_more_than_20_mb_is_too_large(api: APIClient) -> None:
    answer = create(api, source=upload(bytes(20_000_001)))
    assert answer.status_code == 413
    error = answer.json()["errors"][0]
    assert (answer.json()["type"], error["code"], error["attr"]) == ("client_error", "too_large", "source")


def test_the_list_shows_ones_own_newest_first_and_in_pages(
    api: APIClient, owner: User, stranger: User, new_project: MakeProject
) -> None:
    names = ["first", "second", "third"]
    for name in names:
        new_project(owner, frames=2, candidates=1, name=name)
    new_project(stranger)
    page = api.get(PROJECTS, {"page_size": 2}).json()
    assert (page["count"], page["previous"]) == (3, None)
    assert [row["name"] for row in page["results"]] == ["third", "second"]
    assert page["results"][0].keys() >= PROJECT_KEYS
    assert "frames" not in page["results"][0]
    last = api.get(page["next"]).json()
    assert [row["name"] for row in last["results"]] == ["first"]
    assert api.get(PROJECTS, {"page": 9}).status_code == 404


def test_a_project_is_shown_with_its_frames(api: APIClient, project: Project) -> None:
    shown = api.get(f"{PROJECTS}{project.pk}/").json()
    assert [frame["index"] for frame in shown["frames"]] == [0, 1, 2]
    frame = shown["frames"][0]
    assert frame["chosen"] == frame["candidates"][0]["id"]
    assert content(api, frame["candidates"][0]["cutout_url"]).startswith(b"\x89PNG")
    assert shown["thumbnail_url"] == frame["candidates"][0]["cutout_url"]
    assert shown["progress"] == {"done": 3, "total": 3, "failed": 0}
    assert shown["job"]["gpu"] == {"calls": 1, "frames": 1, "delay_ms": 0, "execution_ms": 900, "cost_usd": 0.0}


def test_a_project_is_renamed_and_nothing_else_changes(api: APIClient, project: Project) -> None:
    sent = {"name": "  Another   name ", "status": "draft", "revision": 99}
    shown = api.patch(f"{PROJECTS}{project.pk}/", sent, format="json").json()
    assert (shown["name"], shown["status"], shown["revision"]) == ("Another name", "ready", 2)
    refused = api.patch(f"{PROJECTS}{project.pk}/", {"name": ""}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "name")


def test_a_deleted_project_is_gone_with_its_files(
    api: APIClient, project: Project, django_capture_on_commit_callbacks: Any
) -> None:
    kept = str(project.source.picture.name)
    assert api.delete(f"{PROJECTS}{project.pk}/").status_code == 204
    assert api.get(f"{PROJECTS}{project.pk}/").status_code == 404
    Project.objects.update(trashed_at=timezone.now() - Project.TRASH_KEPT)
    with django_capture_on_commit_callbacks(execute=True):
        assert empty_trash() == 1
    assert not Project.objects.exists()
    assert not default_storage.exists(kept)


def test_frames_are_made_again_with_other_choices(api: APIClient, project: Project) -> None:
    answer = api.post(f"{PROJECTS}{project.pk}/generate/", {"prompt": "wobble", "frame_count": 5}, format="json")
    assert answer.status_code == 202, answer.json()
    assert answer.json().keys() >= JOB_KEYS
    shown = api.get(f"{PROJECTS}{project.pk}/").json()
    assert shown["job"]["id"] == answer.json()["id"]
    assert (shown["status"], len(shown["frames"]), shown["motion"]["prompt"]) == ("working", 5, "wobble")


def test_an_equal_generate_gets_the_live_job_and_another_is_busy(api: APIClient, project: Project) -> None:
    first = api.post(f"{PROJECTS}{project.pk}/generate/", {"frame_count": 5}, format="json")
    again = api.post(f"{PROJECTS}{project.pk}/generate/", {"frame_count": 5}, format="json")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = api.post(f"{PROJECTS}{project.pk}/generate/", {"frame_count": 6}, format="json")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "busy")


def test_generate_with_nothing_sent_keeps_every_choice(api: APIClient, project: Project) -> None:
    assert api.post(f"{PROJECTS}{project.pk}/generate/").status_code == 202
    shown = api.get(f"{PROJECTS}{project.pk}/").json()
    assert (shown["frame_count"], shown["motion"]["prompt"]) == (3, "bounce")


def test_the_pages_for_people_show_every_answer(owner: User, project: Project, client_of: ClientOf) -> None:
    browser = client_of(owner)
    for path in (PROJECTS, f"{PROJECTS}{project.pk}/", "/api/v1/", f"{PROJECTS}{uuid.uuid4()}/"):
        page = browser.get(path, headers={"Accept": "text/html"})
        assert page["Content-Type"].startswith("text/html")
        assert b"</html>" in page.content
