from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from animations.actions.errors import ActionError
from animations.actions.projects.edit import MAX_TAGS, TAG_LENGTH, rename, set_tags
from animations.models import Project

pytestmark = pytest.mark.django_db


def test_a_project_gets_another_name_and_keeps_the_rest(project: Project) -> None:
    before = Project.objects.values("status", "prompt", "recipe", "generation").get()
    renamed = rename(project, "  Another \n  name ")
    stored = Project.objects.get()
    assert renamed.name == stored.name == "Another name"
    assert stored.revision == 2
    assert Project.objects.values("status", "prompt", "recipe", "generation").get() == before


@pytest.mark.parametrize("name", ["", "  \n ", "x" * 101])
def test_an_empty_or_overlong_name_is_refused(project: Project, name: str) -> None:
    with pytest.raises(ActionError) as refused:
        rename(project, name)
    assert refused.value.attr == "name"
    assert Project.objects.get().name == "Face"


def test_tags_are_kept_in_order_each_once_without_stray_spaces(project: Project) -> None:
    set_tags(project, [" cat ", "two  words", "Cat", "", "größe"])
    stored = Project.objects.get()
    assert project.tags == stored.tags == ["cat", "two words", "größe"]
    assert stored.revision == 2
    set_tags(project, [])
    assert Project.objects.get().tags == []


@pytest.mark.parametrize("tags", [["x" * (TAG_LENGTH + 1)], [str(nth) for nth in range(MAX_TAGS + 1)]])
def test_too_many_tags_and_overlong_ones_are_refused(project: Project, tags: list[str]) -> None:
    with pytest.raises(ActionError) as refused:
        set_tags(project, tags)
    assert refused.value.attr == "tags"


def test_name_and_tags_are_changed_over_the_api(api: APIClient, project: Project) -> None:
    shown = api.patch(f"/api/v1/projects/{project.pk}/", {"tags": ["party", "blue"]}, format="json").json()
    assert (shown["name"], shown["tags"]) == ("Face", ["party", "blue"])
    refused = api.patch(f"/api/v1/projects/{project.pk}/", {"tags": ["x" * 31]}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "tags.0")
