from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from animations.actions.errors import ActionError
from animations.actions.projects.duplicate import duplicate
from animations.actions.projects.edit import edit
from animations.models import Frame, Project
from animations.models.loop import chosen_loop
from animations.payloads import project_payload

pytestmark = pytest.mark.django_db


def test_a_project_gets_another_name_and_keeps_the_rest(project: Project) -> None:
    before = Project.objects.values("status", "prompt", "recipe", "generation").get()
    renamed = edit(project, {"name": "  Another \n  name "})
    stored = Project.objects.get()
    assert renamed.name == stored.name == "Another name"
    assert (stored.revision, stored.has_own_name) == (2, True)
    assert Project.objects.values("status", "prompt", "recipe", "generation").get() == before


def test_tags_are_kept_in_order_each_once_without_stray_spaces(project: Project) -> None:
    edit(project, {"tags": [" cat ", "two  words", "Cat", "", "größe"]})
    assert Project.objects.get().tag_text == "cat\ntwo words\ngröße"
    edit(project, {"tags": []})
    assert Project.objects.get().tag_text == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  \n "),
        ("name", "x" * 101),
        ("alt_text", "x" * 256),
        ("tags", ["x" * (Project.TAG_LENGTH + 1)]),
        ("tags", [str(nth) for nth in range(Project.MAX_TAGS + 1)]),
        ("poster", 3),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(project: Project, field: Any, value: Any) -> None:
    changes: Any = {"name": "Other", "alt_text": "A face", field: value}
    with pytest.raises(ActionError) as refused:
        edit(project, changes)
    stored = Project.objects.get()
    assert refused.value.attr == field
    assert (stored.name, stored.alt_text, stored.revision) == ("Face", None, 1)


def test_a_frame_without_a_picture_is_no_poster(project: Project) -> None:
    project.frames.filter(index=1).update(status="failed", chosen=None)
    with pytest.raises(ActionError) as refused:
        edit(project, {"poster": 1})
    assert (refused.value.code, refused.value.status) == ("not_ready", 409)


def test_the_loop_begins_with_the_poster(project: Project) -> None:
    first = chosen_loop(project)
    project.frames.filter(index=2).update(delay_ms=500)
    edit(project, {"poster": 1})
    loop = chosen_loop(project)
    assert loop.indices == (1, 2, 0)
    assert loop.files == (*first.files[1:], first.files[0])
    assert loop.delays_ms[1] == 500
    project.frames.filter(index=1).update(chosen=None, status="failed")
    assert chosen_loop(project).indices == (0, 2)


def test_the_poster_is_a_frame_and_goes_where_it_goes(project: Project) -> None:
    edit(project, {"poster": 2})
    assert poster_of(project) == 2
    frames = [*project.current_frames()]
    project.show_frames([frames[2], frames[0], frames[1]], 7)
    assert poster_of(project) == 0
    project.show_frames([frames[0], frames[1]], 8)
    assert poster_of(project) is None
    project.show_frames(frames, 9)
    assert poster_of(project) == 2


def test_what_shows_an_older_still_is_older_than_the_poster(project: Project) -> None:
    edit(project, {"poster": 2})
    assert revisions_of(project) == [1, 1, 2]
    edit(project, {"poster": 2})
    assert revisions_of(project) == [1, 1, 2]
    edit(project, {"poster": None})
    assert revisions_of(project) == [1, 1, 4]


def test_a_copy_shows_its_own_frame_when_still(project: Project) -> None:
    edit(project, {"poster": 1, "alt_text": "A face", "tags": ["🎉"]})
    made = Project.objects.get(pk=duplicate(project).pk)
    assert made.poster == Frame.objects.get(project=made, index=1)
    assert (made.alt_text, made.tag_text) == ("A face", "🎉")


def poster_of(project: Project) -> int | None:
    project.refresh_from_db()
    Project.objects.filter(pk=project.pk).update(revision=project.revision + 1)
    return project_payload(Project.objects.for_payload().get(pk=project.pk))["poster"]


def revisions_of(project: Project) -> list[int]:
    return [frame.revision for frame in project.current_frames()]


def test_words_and_still_are_changed_over_the_api(api: APIClient, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    drafted = api.get(url).json()
    assert (drafted["poster"], drafted["alt_text"], drafted["tags"]) == (None, "Face bouncing", ["🏀"])
    changes = {"tags": ["party", "🎉"], "alt_text": "A face at a party", "poster": 1}
    shown = api.patch(url, changes, format="json").json()
    assert shown == shown | changes | {"name": "Face"}
    chosen = shown["frames"][1]["chosen"]
    assert shown["thumbnail_url"] == f"/media/candidates/{chosen}/cutout.png"
    assert api.patch(url, {"poster": None}, format="json").json()["poster"] is None


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"tags": ["x" * 31]}, "tags.0"),
        ({"alt_text": "x" * 256}, "alt_text"),
        ({"alt_text": 7}, "alt_text"),
        ({"alt_text": None}, "alt_text"),
        ({"poster": -1}, "poster"),
        ({"poster": "one"}, "poster"),
        ({"poster": 99}, "poster"),
        ({"poster": 2**40}, "poster"),
    ],
)
def test_a_wrong_value_is_named(api: APIClient, project: Project, changes: dict[str, Any], attr: str) -> None:
    refused = api.patch(f"/api/v1/projects/{project.pk}/", changes, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, attr)


def test_half_a_character_is_no_text(api: APIClient, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    refused = api.patch(url, data=b'{"alt_text": "\\ud800"}', content_type="application/json")
    assert refused.status_code == 400
