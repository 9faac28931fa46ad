from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from animations.actions.projects.generations import generation_to_keep
from animations.models import Project
from animations.models.loop import chosen_loop


def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/timeline/"


def show(api: APIClient, project: Project) -> dict[str, Any]:
    shown: dict[str, Any] = api.get(f"/api/v1/projects/{project.pk}/").json()
    return shown


def body(frames: list[str], revision: int, delay_ms: int = 80) -> dict[str, Any]:
    return {"frames": [{"frame": frame, "delay_ms": delay_ms} for frame in frames], "revision": revision}


def test_the_answer_is_the_project_and_its_undo_takes_it_back(api: APIClient, project: Project) -> None:
    before = show(api, project)
    first, second, third = (frame["id"] for frame in before["frames"])
    answer = api.post(url(project), body([third, first, first], before["revision"], 120), format="json")
    assert answer.status_code == 200, answer.json()
    undo = answer.json().pop("undo")
    after = answer.json()
    assert after == show(api, project)
    assert [frame["id"] for frame in after["frames"]][:2] == [third, first]
    assert {frame["delay_ms"] for frame in after["frames"]} == {120}
    assert undo == body([first, second, third], after["revision"])
    again = api.post(url(project), undo, format="json").json()
    shown = [(frame["id"], frame["index"], frame["delay_ms"], frame["chosen"]) for frame in again["frames"]]
    assert shown == [(frame["id"], frame["index"], 80, frame["chosen"]) for frame in before["frames"]]
    assert api.post(url(project), again["undo"], format="json").json()["frames"] == [
        frame for frame in after["frames"]
    ]


def test_an_old_order_is_stale(api: APIClient, project: Project) -> None:
    before = show(api, project)
    ids = [frame["id"] for frame in before["frames"]]
    assert api.post(url(project), body(ids[::-1], before["revision"]), format="json").status_code == 200
    answer = api.post(url(project), body(ids, before["revision"]), format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "stale")
    assert [frame["id"] for frame in show(api, project)["frames"]] == ids[::-1]


@pytest.mark.parametrize("count", [0, 1, 61])
def test_a_loop_has_two_to_sixty_frames(api: APIClient, project: Project, count: int) -> None:
    shown = show(api, project)
    answer = api.post(url(project), body([shown["frames"][0]["id"]] * count, shown["revision"]), format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "frames")


@pytest.mark.parametrize("delay_ms", [19, 1001, None, "soon"])
def test_a_frame_stays_for_20_to_1000_ms(api: APIClient, project: Project, delay_ms: Any) -> None:
    shown = show(api, project)
    ids = [frame["id"] for frame in shown["frames"]]
    answer = api.post(url(project), body(ids, shown["revision"], delay_ms), format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "frames.0.delay_ms")


@pytest.mark.parametrize(
    "sent",
    [{}, {"frames": "x", "revision": 1}, {"frames": [1, 2], "revision": 1}, {"frames": [{}, {}], "revision": -1}],
)
def test_what_is_no_timeline_is_refused(api: APIClient, project: Project, sent: dict[str, Any]) -> None:
    assert api.post(url(project), sent, format="json").status_code == 400


def test_a_removed_frame_is_nowhere_any_more(api: APIClient, project: Project) -> None:
    before = show(api, project)
    first, _, third = (frame["id"] for frame in before["frames"])
    after = api.post(url(project), body([first, third], before["revision"]), format="json").json()
    assert after["progress"] == {"done": 2, "total": 2, "failed": 0}
    assert api.get(f"/api/v1/projects/{project.pk}/frames/1/").json()["id"] == third
    assert api.get(f"/api/v1/projects/{project.pk}/frames/2/").status_code == 404
    project.refresh_from_db()
    assert len(chosen_loop(project).files) == 2
    assert b"Frame 3" not in api.get(f"/emojis/{project.pk}/").content


def test_the_motion_before_is_chosen_by_its_number(api: APIClient, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    project.kept = generation_to_keep(project)
    project.kept = {**(project.kept or {}), "prompt": "wobble", "generation": 7}
    project.save(update_fields=["kept"])
    project.frames.all().delete()
    assert api.get(url).json()["kept_generation"] == 7
    answer = api.post(f"{url}generations/choose/", {"generation": 7}, format="json").json()
    assert (answer["motion"]["prompt"], answer["generation"], answer["undo"]) == ("wobble", 7, {"generation": 1})
    again = api.post(f"{url}generations/choose/", {"generation": 5}, format="json")
    assert (again.status_code, again.json()["errors"][0]["attr"]) == (400, "generation")
