from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from animations.actions.users.guests import claim, create_guest
from animations.models import EmojiSet, Job, Matte, Preset, Project
from animations.models.quota import GUEST_LIMITS
from tests.api.test_queries import queries
from tests.conftest import ClientOf, MakeProject, upload

SETS = "/api/v1/sets/"
KEYS = {"id", "name", "status", "progress", "projects", "cover", "created_at"}


def create(client: APIClient, *motions: str, **fields: Any) -> Any:
    body = {"source": upload(name="chelsea.png"), "motions": list(motions), "frame_count": 2, "candidates": 1}
    return client.post(SETS, body | fields, format="multipart")


@pytest.fixture
def gathered(api: APIClient, owner: User, new_project: MakeProject) -> Any:
    """Make a set of three finished projects."""
    projects = [str(new_project(owner, frames=2, candidates=1).pk) for _ in range(3)]
    return api.post(SETS, {"name": "Faces", "projects": projects}, format="json").json()


def order_of(payload: Any) -> list[str]:
    return [project["id"] for project in payload["projects"]]


def test_a_set_is_made_of_one_picture_with_a_preset_and_words_on_lines(api: APIClient, bounce: Preset) -> None:
    answer = create(api, "bounce", "jump\n  subtle nod \n\njump")
    made = answer.json()
    assert answer.status_code == 201
    assert made.keys() == KEYS
    assert (made["name"], made["status"]) == ("chelsea", "working")
    assert made["progress"] == {"done": 0, "total": 6, "failed": 0}
    assert [each["name"] for each in made["projects"]] == ["chelsea, bounce", "chelsea, jump", "chelsea, subtle nod"]
    assert [each["motion"]["preset"] for each in made["projects"]] == ["bounce", None, None]
    assert {each["set"] for each in made["projects"]} == {made["id"]}
    assert made["cover"] == made["projects"][0]["id"]
    assert Job.objects.live().filter(kind="generate").count() == 3
    assert api.get(f"{SETS}{made['id']}/").json() == made


def test_a_set_without_start_is_a_draft_with_its_own_name(api: APIClient) -> None:
    made = create(api, "jump", "nod", name="Cats", start=False).json()
    assert (made["name"], made["status"], made["projects"][0]["name"]) == ("Cats", "draft", "Cats, jump")
    assert not Job.objects.exists()


def test_a_set_is_made_of_the_picture_of_an_emoji_that_is_there(
    api: APIClient, owner: User, stranger: User, new_project: MakeProject
) -> None:
    project = new_project(owner, name="Face, bounce", understood_as="bounce")
    body = {"source_of": str(project.pk), "motions": ["jump", "nod"], "frame_count": 2, "matte": "rembg"}
    answer = api.post(SETS, body, format="json")
    made = answer.json()
    assert answer.status_code == 201, made
    assert (made["name"], [each["name"] for each in made["projects"]]) == ("Face", ["Face, jump", "Face, nod"])
    assert Job.objects.live().filter(kind="generate").count() == 2
    for pk in order_of(made):
        source = Project.objects.get(pk=pk).source
        assert pk in str(source.picture.name)
        assert source.matte is not None
    matted_anew = api.post(SETS, body | {"matte": "birefnet"}, format="json").json()
    assert not Matte.objects.filter(source__project__emoji_set=matted_anew["id"]).exists(), "one makes it for all"
    assert api.get(f"/api/v1/projects/{project.pk}/").json()["set"] is None
    theirs = body | {"source_of": str(new_project(stranger).pk)}
    assert api.post(SETS, theirs, format="json").status_code == 404
    both = api.post(SETS, body | {"source": upload()}, format="multipart")
    assert (both.status_code, both.json()["errors"][0]["attr"]) == (400, "source")


@pytest.mark.parametrize(
    ("motions", "attr", "word"),
    [
        (("jump", "qwertyish"), "motions.1", "“qwertyish”"),
        (("jump",), "motions", "2 to 40"),
        ([f"jump {times} times" for times in range(2, 44)], "motions", ""),
    ],
)
def test_motions_that_are_none_are_refused_by_name(api: APIClient, motions: Any, attr: str, word: str) -> None:
    answer = create(api, *motions)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["attr"]) == (400, attr)
    assert word in error["detail"]
    assert not Project.objects.exists()


def test_a_set_fits_into_the_limits_as_a_whole_or_is_not_made(
    api: APIClient, client_of: ClientOf, settings: Any
) -> None:
    settings.PROJECTS_PER_PERSON = 3
    assert create(api, "jump", "nod").status_code == 201
    folders = set(default_storage.listdir("projects")[0])
    answer = create(api, "jump", "nod")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "too_many_projects")
    assert Project.objects.count() == 2
    assert EmojiSet.objects.count() == 1
    assert set(default_storage.listdir("projects")[0]) == folders


def test_a_set_whose_jobs_are_too_many_is_not_made(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("animations.actions.quota.MAX_LIVE_JOBS", 3)
    assert create(api, "jump", "nod", "wobble", "shake").status_code == 429
    assert not Project.objects.exists()
    assert create(api, "jump", "nod", "wobble").status_code == 201


def test_the_same_request_makes_one_set(api: APIClient) -> None:
    first, again = (
        api.post(
            SETS,
            {"source": upload(), "motions": ["jump", "nod"], "frame_count": 2},
            format="multipart",
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    )
    assert first.json() == again.json()
    assert EmojiSet.objects.count() == 1


def test_projects_are_gathered_put_in_order_added_and_let_go(
    api: APIClient, owner: User, gathered: Any, new_project: MakeProject
) -> None:
    url, (one, two, three) = f"{SETS}{gathered['id']}/", order_of(gathered)
    assert (gathered["status"], gathered["progress"]) == ("ready", {"done": 6, "total": 6, "failed": 0})
    new = str(new_project(owner, frames=2).pk)
    changed = api.patch(url, {"projects": [three, new, one], "cover": one, "name": " Two  words "}, format="json")
    assert order_of(changed.json()) == [three, new, one]
    assert (changed.json()["cover"], changed.json()["name"]) == (one, "Two words")
    assert api.get(f"/api/v1/projects/{two}/").json()["set"] is None
    changed = api.patch(url, {"projects": [new, three]}, format="json").json()
    assert changed["cover"] == new


def test_a_project_is_in_one_set_and_named_once(
    api: APIClient, gathered: Any, stranger: User, new_project: Any
) -> None:
    (one, two, _), theirs = order_of(gathered), str(new_project(stranger).pk)
    for projects, code in (
        ([one, two], "in_other_set"),
        ([theirs, theirs], "invalid"),
        ([one, theirs], "does_not_exist"),
        ([one], "invalid"),
    ):
        answer = api.post(SETS, {"name": "More", "projects": projects}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    url = f"{SETS}{gathered['id']}/"
    bodies: list[dict[str, Any]] = [{"projects": []}, {"projects": [one, theirs]}, {"projects": [one, one]}]
    for body in [*bodies, {"cover": theirs}]:
        assert api.patch(url, {"name": "Never", **body}, format="json").status_code == 400
    assert api.get(url).json() == gathered


def test_a_strangers_set_is_not_found(gathered: Any, stranger: User, client_of: ClientOf) -> None:
    client, url = client_of(stranger), f"{SETS}{gathered['id']}/"
    assert client.get(SETS).json()["count"] == 0
    answers = [client.get(url), client.patch(url, {"name": "Mine"}, format="json"), client.delete(url)]
    assert {answer.status_code for answer in [*answers, client.post(f"{url}retry/")]} == {404}


def test_a_deleted_set_keeps_its_projects(api: APIClient, gathered: Any) -> None:
    url = f"{SETS}{gathered['id']}/"
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404
    assert {api.get(f"/api/v1/projects/{pk}/").json()["set"] for pk in order_of(gathered)} == {None}


def test_a_set_follows_its_projects_into_the_trash_and_back(api: APIClient, gathered: Any) -> None:
    url, (one, two, three) = f"{SETS}{gathered['id']}/", order_of(gathered)
    api.patch(url, {"cover": two}, format="json")
    api.delete(f"/api/v1/projects/{two}/")
    assert (order_of(api.get(url).json()), api.get(url).json()["cover"]) == ([one, three], one)
    for pk in (one, three):
        api.delete(f"/api/v1/projects/{pk}/")
    assert (api.get(url).status_code, api.get(SETS).json()["count"]) == (404, 0)
    assert api.post(f"/api/v1/projects/{two}/restore/").json()["set"] == gathered["id"]
    assert (order_of(api.get(url).json()), api.get(url).json()["cover"]) == ([two], two)
    for project in Project.objects.all():
        project.delete()
    assert not EmojiSet.objects.exists()


def test_a_copy_of_a_project_is_in_no_set(api: APIClient, gathered: Any) -> None:
    made = api.post(f"/api/v1/projects/{order_of(gathered)[0]}/duplicate/").json()
    assert made["set"] is None


def test_sets_cost_as_many_queries_as_one(
    api: APIClient, owner: User, gathered: Any, new_project: MakeProject
) -> None:
    one = queries(api, SETS)
    for _ in range(2):
        projects = [str(new_project(owner, frames=2).pk) for _ in range(4)]
        api.post(SETS, {"name": "More", "projects": projects}, format="json")
    assert queries(api, SETS) == one <= 9


def test_a_client_that_has_the_latest_is_not_sent_a_set_again(api: APIClient, gathered: Any) -> None:
    url = f"{SETS}{gathered['id']}/"
    tag = {"If-None-Match": api.get(url).headers["ETag"]}
    assert api.get(url, headers=tag).status_code == 304
    api.patch(f"/api/v1/projects/{order_of(gathered)[1]}/", {"name": "Other"}, format="json")
    assert api.get(url, headers=tag).status_code == 200


def test_all_that_failed_is_made_again_at_once(api: APIClient, gathered: Any) -> None:
    url, pks = f"{SETS}{gathered['id']}/", order_of(gathered)
    assert api.post(f"{url}retry/").status_code == 409
    Project.objects.filter(pk__in=pks[:2]).update(status="failed")
    assert api.get(url).json()["status"] == "partial"
    assert [job["project"] for job in api.post(f"{url}retry/").json()] == pks[:2]
    assert api.get(url).json()["status"] == "working"


def test_a_guests_set_is_small_and_goes_to_the_account(client_of: ClientOf, owner: User) -> None:
    guest = create_guest("192.0.2.1")
    client = client_of(guest)
    assert create(client, "jump", "nod", "wobble", "shake").status_code == 403
    made = create(client, *["jump", "nod", "wobble"][: GUEST_LIMITS.projects])
    assert made.status_code == 201
    claim(guest, owner)
    assert EmojiSet.objects.visible_to(owner).get().pk == uuid.UUID(made.json()["id"])
