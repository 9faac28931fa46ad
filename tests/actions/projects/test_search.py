from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.actions.projects.search import ProjectSearch
from animations.models import Export, Preset, Project
from tests.conftest import MakeProject

pytestmark = pytest.mark.django_db


@pytest.fixture
def emojis(owner: User, stranger: User, new_project: MakeProject, bounce: Preset) -> dict[str, Project]:
    """Return emojis of the owner by name, beside one of somebody else."""
    rows: dict[str, dict[str, Any]] = {
        "Chelsea": {"understood_as": "subtle sway", "prompt": "sway a little"},
        "Ember, party": {"prompt": "wobble", "tag_text": "fox\nbirthday cake", "status": "partial"},
        "100 % _real_": {"preset": bounce, "prompt": "", "generator": "clip", "recipe": {}},
    }
    new_project(stranger, name="Chelsea of somebody else")
    return {name: new_project(owner, name=name, frames=1, candidates=1, **values) for name, values in rows.items()}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("chelsea", ["Chelsea"]),
        ("SUBTLE", ["Chelsea"]),
        ("little", ["Chelsea"]),
        ("cake ember", ["Ember, party"]),
        ("cake chelsea", []),
        ("Bounce", ["100 % _real_"]),
        ("%", ["100 % _real_"]),
        ("_", ["100 % _real_"]),
        ("'; --", []),
        ("", ["100 % _real_", "Ember, party", "Chelsea"]),
    ],
)
def test_all_words_are_found_in_name_motion_or_tags(
    emojis: dict[str, Project], owner: User, words: str, found: list[str]
) -> None:
    assert [project.name for project in ProjectSearch(q=words).find(owner)] == found


def test_filters_narrow_the_list_together(emojis: dict[str, Project], owner: User) -> None:
    Export.objects.filter(project=emojis["Chelsea"]).update(platform="discord_emoji")
    Export.objects.filter(project=emojis["100 % _real_"]).update(status="failed")

    def names(**filters: str) -> set[str]:
        return {project.name for project in ProjectSearch(**filters).find(owner)}

    assert names(status="partial") == {"Ember, party"}
    assert names(platform="slack") == {"Ember, party"}
    assert names(platform="discord_emoji") == {"Chelsea"}
    assert names(kind="clip") == {"100 % _real_"}
    assert names(kind="drawn") == {"Chelsea", "Ember, party"}
    assert names(kind="drawn", status="ready", q="sway") == {"Chelsea"}


def test_an_address_with_filters_that_are_none_lets_everything_through() -> None:
    search = ProjectSearch.from_query({"q": "  cat ", "status": "odd", "platform": "slack", "kind": "clip", "x": "y"})
    assert search == ProjectSearch(q="cat", platform="slack", kind="clip")
    assert not search.is_empty
    assert ProjectSearch.from_query({"status": "odd"}).is_empty
    assert not replace(ProjectSearch(), kind="drawn").is_empty


def test_no_word_of_an_address_holds_what_the_database_cannot(emojis: dict[str, Project], owner: User) -> None:
    search = ProjectSearch.from_query({"q": "fox\0ember", "status": "\0"})
    assert search.q.split() == ["fox", "ember"]
    assert list(search.find(owner)) == [emojis["Ember, party"]]


def test_the_api_searches_in_the_same_way_and_names_a_filter_that_is_none(
    api: APIClient, emojis: dict[str, Project]
) -> None:
    found = api.get("/api/v1/projects/", {"q": "fox", "status": "partial"}).json()
    assert [one["name"] for one in found["results"]] == ["Ember, party"]
    refused = api.get("/api/v1/projects/", {"status": "odd"})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "status")
