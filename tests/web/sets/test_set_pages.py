"""The page of a set, and where it is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from animations.models import EmojiSet, Pack, Project
from tests.conftest import ClientOf, MakeProject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]
MakeSet = Callable[..., EmojiSet]


@pytest.fixture
def new_set(owner: User, api: APIClient, new_project: MakeProject) -> MakeSet:
    """Gather finished emojis of the owner into a set."""

    def make(name: str, count: int = 2) -> EmojiSet:
        projects = [str(new_project(owner, frames=2, candidates=1).pk) for _ in range(count)]
        made: Any = api.post("/api/v1/sets/", {"name": name, "projects": projects}, format="json").json()
        return EmojiSet.objects.get(pk=made["id"])

    return make


def address(emoji_set: EmojiSet) -> str:
    return reverse("set", args=[emoji_set.pk])


def test_the_form_of_a_pack_takes_texts_as_long_as_the_api(api: APIClient, new_set: MakeSet) -> None:
    page = api.get(address(new_set("Faces"))).content.decode()
    assert f'name="title" type="text" maxlength="{Pack.TITLE_LENGTH}"' in page
    assert f'name="author" type="text" maxlength="{Pack.AUTHOR_LENGTH}"' in page


def test_the_page_begins_with_what_the_api_shows(api: APIClient, new_set: MakeSet) -> None:
    made = new_set("Faces")
    page = api.get(address(made))
    assert page.context["state"] == api.get(f"/api/v1/sets/{made.pk}/").json()
    assert "Faces" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")


def test_a_stranger_finds_no_set(new_set: MakeSet, stranger: User, client_of: ClientOf, client: Client) -> None:
    made = new_set("Faces")
    assert client_of(stranger).get(address(made)).status_code == 404
    assert client.get(address(made)).status_code == 302
    assert "Faces" not in client_of(stranger).get("/").content.decode()


def test_sets_are_found_among_the_emojis_by_their_names(api: APIClient, new_set: MakeSet) -> None:
    faces, cats = new_set("Happy faces", 3), new_set("Cats")
    page = api.get("/")
    assert [(row["id"], row["count"]) for row in page.context["sets"]] == [(cats.pk, 2), (faces.pk, 3)]
    cover = faces.shown_projects()[0].current_frames()[0].chosen_id
    assert page.context["sets"][1]["thumbnail_url"] == reverse("candidate-preview", args=[cover])
    assert address(faces) in page.content.decode()
    assert [row["id"] for row in api.get("/", {"q": "FACES happy"}).context["sets"]] == [faces.pk]
    assert api.get("/", {"q": "faces", "status": "ready"}).context["sets"] == []


def test_sets_cost_the_same_however_many_there_are(
    api: APIClient, new_set: MakeSet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 3):
        new_set(f"Set of {count}", count)
    # session, user, count, projects, covers, sets, covers of sets, their finishes, the trash, what is stored, the
    # limits
    with django_assert_num_queries(11):
        api.get("/")


def test_an_emoji_leads_to_its_set(api: APIClient, new_set: MakeSet, project: Project) -> None:
    made = new_set("Faces")
    member = made.shown_projects()[0]
    assert f'in the set <a href="{address(made)}">Faces</a>' in api.get(f"/emojis/{member.pk}/").content.decode()
    assert "in the set" not in api.get(f"/emojis/{project.pk}/").content.decode()


def test_several_motions_are_for_a_new_picture_and_for_that_of_an_emoji(api: APIClient, project: Project) -> None:
    assert 'data-most="40"' in api.get("/new/").content.decode()
    assert "data-several" in api.get("/new/", {"from": str(project.pk)}).content.decode()
