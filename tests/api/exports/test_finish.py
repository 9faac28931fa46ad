from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.consumers.auth import Subscriber
from animations.models import Export, Frame, Project
from tests.conftest import ClientOf
from tests.consumers.project_edits import changes_since

PLAIN = {
    "placement": {"fit": "contain", "zoom": 1.0, "x": 0.0, "y": 0.0, "flip": False, "ground": None},
    "outline": None,
    "shadow": None,
    "caption": None,
}
OUTLINE = {"width": 0.05, "colour": "#ff0000"}


def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/finish/"


def finish(api: APIClient, project: Project, body: Any) -> Any:
    answer = api.post(url(project), body, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def refusal(api: APIClient, project: Project, body: Any) -> tuple[int, str]:
    answer = api.post(url(project), body, format="json")
    return answer.status_code, answer.json()["errors"][0]["attr"]


def export(api: APIClient, project: Project) -> Any:
    return api.post(f"/api/v1/projects/{project.pk}/exports/", {"platforms": ["webp"]}, format="json").json()[0]


def test_the_answer_is_the_project_and_its_undo_takes_it_back(api: APIClient, project: Project) -> None:
    before = api.get(f"/api/v1/projects/{project.pk}/").json()
    assert before["finish"] == PLAIN
    after = finish(api, project, {"outline": OUTLINE, "caption": {"text": "  Wow  뛰어! "}})
    caption = {"text": "Wow 뛰어!", "colour": "#ffffff", "stroke": "#000000", "arc": 0.0, "place": "bottom"}
    assert after["finish"] == PLAIN | {"outline": OUTLINE, "caption": caption}
    assert after.pop("undo") == PLAIN
    assert after == api.get(f"/api/v1/projects/{project.pk}/").json()
    assert after["frames"] == before["frames"]
    other = finish(api, project, {"shadow": {}})
    assert other["finish"]["outline"] is None
    again = finish(api, project, other["undo"])
    assert again["finish"] == after["finish"]


def test_the_socket_sends_it(api: APIClient, project: Project, owner: User) -> None:
    before = Project.objects.get(pk=project.pk).revision
    finish(api, project, {"outline": OUTLINE})
    sent = changes_since(Subscriber(session_key="", user_id=owner.pk), project.pk, before)
    heads = [change["project"] for change in sent if change["type"] == "project"]
    assert [head["finish"]["outline"] for head in heads] == [OUTLINE]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"outline": {"width": 0.2}}, "outline.width"),
        ({"outline": {"width": "0.1"}}, "outline.width"),
        ({"outline": {"width": True}}, "outline.width"),
        ({"outline": {"colour": "red"}}, "outline.colour"),
        ({"outline": {"colour": "#ff00001"}}, "outline.colour"),
        ({"outline": 3}, "outline"),
        ({"shadow": {"opacity": 0}}, "shadow.opacity"),
        ({"placement": {"zoom": 4.1}}, "placement.zoom"),
        ({"placement": {"x": None}}, "placement.x"),
        ({"placement": {"fit": "stretch"}}, "placement.fit"),
        ({"placement": {"flip": 0}}, "placement.flip"),
        ({"placement": {"ground": -0.1}}, "placement.ground"),
        ({"caption": {}}, "caption.text"),
        ({"caption": {"text": " "}}, "caption.text"),
        ({"caption": {"text": "\u00a0"}}, "caption.text"),
        ({"caption": {"text": "x" * 25}}, "caption.text"),
        ({"caption": {"text": "x", "arc": 2}}, "caption.arc"),
        ({"caption": {"text": "x", "place": "left"}}, "caption.place"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(api: APIClient, project: Project, body: Any, attr: str) -> None:
    assert refusal(api, project, body) == (400, attr)
    project.refresh_from_db()
    assert project.finish == {}


def test_letters_that_the_font_lacks_are_named(api: APIClient, project: Project) -> None:
    answer = api.post(url(project), {"caption": {"text": "a漢b🐈"}}, format="json")
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["code"], error["attr"]) == ("invalid", "caption.text")
    assert error["detail"].startswith("A caption cannot show 漢 🐈. It can be written in Latin, ")


def test_a_stranger_finds_no_project(project: Project, stranger: User, client_of: ClientOf) -> None:
    answer = client_of(stranger).post(url(project), {"outline": OUTLINE}, format="json")
    assert answer.status_code == 404
    project.refresh_from_db()
    assert project.finish == {}


def test_an_export_is_made_of_the_finish_of_its_request(api: APIClient, project: Project) -> None:
    first = export(api, project)
    finish(api, project, {"outline": OUTLINE})
    second = export(api, project)
    assert first["id"] != second["id"]
    assert (first["finish"], second["finish"]) == (PLAIN, PLAIN | {"outline": OUTLINE})
    assert export(api, project)["id"] == second["id"]
    finish(api, project, PLAIN)
    assert export(api, project)["id"] == first["id"]
    assert Export.objects.filter(platform="webp").count() == 2


def test_a_copy_of_an_emoji_has_its_finish(api: APIClient, project: Project) -> None:
    wanted = finish(api, project, {"outline": OUTLINE})["finish"]
    assert api.post(f"/api/v1/projects/{project.pk}/duplicate/").json()["finish"] == wanted


def test_no_frame_is_touched(api: APIClient, project: Project) -> None:
    before = list(Frame.objects.order_by("pk").values())
    finish(api, project, {"outline": OUTLINE})
    assert list(Frame.objects.order_by("pk").values()) == before
