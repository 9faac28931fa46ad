"""A set's packs by the API: asked for once, shown with what they lack, seen by their owner alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from animations import storage
from animations.actions.sets.edit import delete_set, edit_set
from animations.models import EmojiSet, Job, Pack, Project
from tests.conftest import MakeProject, content
from tests.models.pack_files import finished_pack

RunOnCommit = Callable[..., Any]
PACK_KEYS = {"id", "set", "platform", "title", "author", "tags", "status", "files", "checks", "missing", "accepted"}


@pytest.fixture
def emoji_set(owner: User, new_project: MakeProject) -> EmojiSet:
    found = EmojiSet.objects.create(owner=owner, name="Faces")
    for place in range(2):
        new_project(owner, name=f"face {place}", emoji_set=found, set_position=place)
    return found


def packs_url(emoji_set: EmojiSet) -> str:
    return f"/api/v1/sets/{emoji_set.pk}/packs/"


def test_a_pack_is_asked_for_once(api: APIClient, emoji_set: EmojiSet) -> None:
    asked = {"platform": "whatsapp", "title": "Discs", "author": "Studio", "tags": ["🎉"]}
    first = api.post(packs_url(emoji_set), asked, format="json")
    assert first.status_code == 202, first.json()
    row = first.json()
    assert row.keys() >= PACK_KEYS
    assert (row["status"], row["title"], row["tags"], row["progress"]) == (
        "queued", "Discs", ["🎉"], {"done": 0, "total": 3},
    )  # fmt: skip
    assert api.post(packs_url(emoji_set), asked, format="json").json() == row
    assert api.get(f"/api/v1/packs/{row['id']}/").json() == row
    assert api.get(packs_url(emoji_set)).json()["results"] == [row]
    named = api.post(packs_url(emoji_set), {"platform": "slack"}, format="json").json()
    assert (named["title"], named["author"]) == ("Faces", "")
    assert Job.objects.filter(kind="pack").count() == 2
    assert api.post(f"/api/v1/jobs/{row['job']}/cancel/").status_code == 200
    assert api.get(f"/api/v1/packs/{row['id']}/").json()["status"] == "cancelled"


def test_packs_that_were_given_up_do_not_heap_up(api: APIClient, emoji_set: EmojiSet) -> None:
    kept = api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()
    api.post(f"/api/v1/jobs/{kept['job']}/cancel/")
    for title in ("one", "other", "third"):
        row = api.post(packs_url(emoji_set), {"platform": "slack", "title": title}, format="json").json()
        api.post(f"/api/v1/jobs/{row['job']}/cancel/")
    assert {str(pk) for pk in Pack.objects.values_list("pk", flat=True)} == {kept["id"], row["id"]}


def test_what_a_store_shows_is_one_line(api: APIClient, emoji_set: EmojiSet) -> None:
    asked = {"platform": "signal", "title": "My\n\x07 pack", "author": "A\tB\x1b"}
    row = api.post(packs_url(emoji_set), asked, format="json").json()
    assert (row["title"], row["author"]) == ("My pack", "A B")


def test_a_pack_whose_zip_is_lost_is_made_again(api: APIClient, emoji_set: EmojiSet) -> None:
    lost = finished_pack(emoji_set, emoji_set.shown_projects()[0])
    first = api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()
    digest = Pack.objects.get(pk=first["id"]).digest
    Pack.objects.filter(pk=first["id"]).delete()
    Pack.objects.filter(pk=lost.pk).update(digest=digest)
    assert api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()["id"] == str(lost.pk)
    storage.delete(str(lost.files.get().file))
    assert api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()["status"] == "queued"


def test_a_pack_of_a_set_that_was_deleted_meanwhile_is_not_found(owner: User, emoji_set: EmojiSet) -> None:
    delete_set(owner, EmojiSet.objects.get(pk=emoji_set.pk))
    Project.objects.update(emoji_set=None)
    held = EmojiSet(pk=emoji_set.pk, owner=owner, name="Faces")
    with pytest.raises(EmojiSet.DoesNotExist):
        edit_set(owner, held, {"projects": [project.pk for project in Project.objects.all()]})


def test_a_deletion_cancels_a_packs_job_once_it_locks_no_project_any_more(
    api: APIClient, owner: User, emoji_set: EmojiSet, django_capture_on_commit_callbacks: RunOnCommit
) -> None:
    job_id = api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()["job"]
    with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection) as captured:
        delete_set(owner, emoji_set)
        assert not [query for query in captured if query["sql"].startswith('UPDATE "animations_job"')]
    assert Job.objects.get(pk=job_id).status == "cancelled"


def test_a_packs_job_is_cancelled_with_the_last_emoji_of_its_set(
    api: APIClient, owner: User, emoji_set: EmojiSet, django_capture_on_commit_callbacks: RunOnCommit
) -> None:
    first, second = emoji_set.shown_projects()
    job_id = api.post(packs_url(emoji_set), {"platform": "signal"}, format="json").json()["job"]
    edit_set(owner, emoji_set, {"projects": [second.pk]})
    with django_capture_on_commit_callbacks(execute=True):
        second.delete()
    job = Job.objects.get(pk=job_id)
    assert (job.project, job.status, EmojiSet.objects.exists()) == (first, "cancelled", False)


def test_a_pack_of_forty_emojis_costs_as_many_queries_as_one_of_eight(
    api: APIClient, owner: User, emoji_set: EmojiSet, new_project: MakeProject
) -> None:
    def queries(slug: str, count: int) -> int:
        for place in range(emoji_set.projects.count(), count):
            new_project(owner, frames=1, candidates=1, emoji_set=emoji_set, set_position=place)
        with CaptureQueriesContext(connection) as captured:
            assert api.post(packs_url(emoji_set), {"platform": slug}, format="json").status_code == 202
        return len(captured)

    assert queries("slack", 8) == queries("zulip", 40)


@pytest.mark.parametrize(
    ("asked", "attr"),
    [
        ({"platform": "kakao"}, "platform"),
        ({}, "platform"),
        ({"platform": "signal", "tags": ["cat"]}, "tags"),
        ({"platform": "signal", "tags": ["🎉"] * 4}, "tags"),
        ({"platform": "signal", "title": "a" * 101}, "title"),
        ({"platform": "signal", "author": 7}, "author"),
    ],
)
def test_what_no_store_takes_is_refused(
    api: APIClient, emoji_set: EmojiSet, asked: dict[str, object], attr: str
) -> None:
    answer = api.post(packs_url(emoji_set), asked, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].partition(".")[0] == attr
    assert not Pack.objects.exists()


def test_a_set_without_a_finished_emoji_has_no_pack(api: APIClient, emoji_set: EmojiSet) -> None:
    for project in Project.objects.filter(emoji_set=emoji_set):
        project.frames.update(chosen=None)
    answer = api.post(packs_url(emoji_set), {"platform": "signal"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_ready")


def test_no_more_than_four_packs_of_a_set_are_under_way(api: APIClient, emoji_set: EmojiSet) -> None:
    slugs = ("signal", "slack", "zulip", "mattermost", "whatsapp")
    answers = [api.post(packs_url(emoji_set), {"platform": slug}, format="json") for slug in slugs]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 202, 409]


def test_stores_say_what_a_pack_would_lack(api: APIClient, emoji_set: EmojiSet) -> None:
    pack = finished_pack(emoji_set, emoji_set.shown_projects()[0])
    stores = {row["platform"]: row for row in api.get(f"/api/v1/sets/{emoji_set.pk}/stores/").json()}
    assert len(stores) == 14
    assert [slug for slug, row in stores.items() if row["is_plain"]] == ["gif", "webp", "apng"]
    assert stores["line_emoji"]["missing"] == [
        {"rule": "count", "text": "LINE wants 8–40, you have 2.", "remedy": "Add 6 more to the set."}
    ]
    assert (stores["line_emoji"]["pictures"], stores["line_emoji"]["sure"]) == (["tab.png 96×74"], "A")
    assert (stores["signal"]["missing"], stores["signal"]["wants_author"]) == ([], True)
    assert stores["signal"]["pack"]["id"] == str(pack.pk)
    assert stores["slack"]["pack"] is None


def test_a_packs_files_are_downloads_of_their_owner_alone(
    api: APIClient, emoji_set: EmojiSet, stranger: User, client_of: Callable[[User], APIClient]
) -> None:
    pack = finished_pack(emoji_set, emoji_set.shown_projects()[0])
    row = api.get(f"/api/v1/packs/{pack.pk}/").json()
    assert [(file["name"], file["format"]) for file in row["files"]] == [("Faces-signal.zip", "ZIP")]
    assert content(api, row["files"][0]["url"]) == b"PK a ZIP"
    answer = api.get(row["files"][0]["url"])
    assert answer["Content-Disposition"] == 'attachment; filename="Faces-signal.zip"'
    b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    other = client_of(stranger)
    for url in (row["files"][0]["url"], f"/api/v1/packs/{pack.pk}/", packs_url(emoji_set)):
        assert other.get(url).status_code == 404
    assert other.post(packs_url(emoji_set), {"platform": "signal"}, format="json").status_code == 404
