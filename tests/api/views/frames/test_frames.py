from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.models import Candidate, Frame, Job, Project
from tests.conftest import ClientOf, MakeProject


def frame_url(project: Project, index: int = 1, tail: str = "") -> str:
    return f"/api/v1/projects/{project.pk}/frames/{index}/{tail}"


@pytest.fixture
def frame(project: Project) -> Frame:
    frame: Frame = project.current_frames().get(index=1)
    return frame


def test_a_frame_is_shown_by_its_index(api: APIClient, project: Project, frame: Frame) -> None:
    shown = api.get(frame_url(project)).json()
    assert (shown["id"], shown["index"], shown["delay_ms"]) == (str(frame.pk), 1, 80)
    assert [candidate["ordinal"] for candidate in shown["candidates"]] == [0, 1]
    for missing in (3, 10**30):
        assert api.get(frame_url(project, missing)).status_code == 404


def test_another_candidate_is_chosen_and_undo_is_choosing_the_one_before(api: APIClient, project: Project) -> None:
    first, second = (one["id"] for one in api.get(frame_url(project)).json()["candidates"])
    assert api.post(frame_url(project, tail="choose/"), {"candidate": second}).json()["chosen"] == second
    assert api.get(frame_url(project)).json()["chosen"] == second
    assert api.post(frame_url(project, tail="choose/"), {"candidate": first}).json()["chosen"] == first


def test_a_candidate_of_another_frame_cannot_be_chosen(api: APIClient, project: Project) -> None:
    foreign = project.current_frames().get(index=0).chosen_id
    for candidate in (foreign, uuid.uuid4(), "x", None):
        answer = api.post(frame_url(project, tail="choose/"), {"candidate": candidate}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "candidate")


def test_a_candidate_that_is_not_ready_cannot_be_chosen_yet(api: APIClient, project: Project, frame: Frame) -> None:
    pending = Candidate.objects.create(frame=frame, ordinal=7)
    answer = api.post(frame_url(project, tail="choose/"), {"candidate": str(pending.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_ready")


def choose_for_all(api: APIClient, project: Project, **body: Any) -> Any:
    return api.post(f"/api/v1/projects/{project.pk}/choose/", body, format="json")


def test_a_version_is_chosen_for_all_frames_in_one_request_and_taken_back(
    api: APIClient, project: Project, frame: Frame
) -> None:
    before = [one["chosen"] for one in api.get(f"/api/v1/projects/{project.pk}/").json()["frames"]]
    answer = choose_for_all(api, project, version=1)
    assert answer.status_code == 200
    for shown in answer.json()["frames"]:
        assert shown["chosen"] == shown["candidates"][1]["id"]
    undone = choose_for_all(api, project, **answer.json()["undo"]).json()
    assert [one["chosen"] for one in undone["frames"]] == before
    unchanged = choose_for_all(api, project, **answer.json()["undo"]).json()
    assert unchanged["undo"] == {"candidates": []}
    again = choose_for_all(api, project, **unchanged["undo"])
    assert (again.status_code, again.json()["frames"]) == (200, undone["frames"])


def test_a_choice_for_all_frames_names_one_version_or_candidates_of_this_emoji(
    api: APIClient, project: Project, frame: Frame
) -> None:
    both = [str(pk) for pk in frame.candidates.values_list("pk", flat=True)]
    for body, attr in (
        ({}, "version"),
        ({"version": 0, "candidates": both[:1]}, "version"),
        ({"version": -1}, "version"),
        ({"version": 9}, "version"),
        ({"candidates": both}, "candidates"),
        ({"candidates": [str(uuid.uuid4())]}, "candidates"),
    ):
        answer = choose_for_all(api, project, **body)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr), body


def test_a_stranger_chooses_nothing(project: Project, stranger: User, client_of: ClientOf) -> None:
    assert choose_for_all(client_of(stranger), project, version=1).status_code == 404


def test_one_frame_is_tried_again_with_other_words(api: APIClient, project: Project, frame: Frame) -> None:
    answer = api.post(frame_url(project, tail="retry/"), {"prompt": "strong bounce", "candidates": 2}, format="json")
    job = answer.json()
    assert answer.status_code == 202, job
    assert (job["kind"], job["frame"], job["total"]) == ("retry", str(frame.pk), 2)
    shown = api.get(f"/api/v1/projects/{project.pk}/").json()
    assert [len(one["candidates"]) for one in shown["frames"]] == [2, 4, 2]
    added = shown["frames"][1]["candidates"][2]
    assert (added["origin"], added["status"], added["parent"]) == ("retried", "pending", str(frame.chosen_id))


def test_two_candidates_are_made_unless_another_number_is_named(api: APIClient, project: Project) -> None:
    assert api.post(frame_url(project, tail="retry/"), {"prompt": "wobble"}).json()["total"] == 2


def test_a_retry_names_the_candidate_on_screen_as_parent(api: APIClient, project: Project, frame: Frame) -> None:
    second = frame.candidates.get(ordinal=1)
    sent = {"prompt": "bigger bounce", "candidates": 1, "candidate": str(second.pk)}
    assert api.post(frame_url(project, tail="retry/"), sent, format="json").status_code == 202
    shown = api.get(frame_url(project)).json()
    assert (shown["candidates"][2]["parent"], shown["chosen"]) == (str(second.pk), str(frame.chosen_id))


def test_words_that_change_nothing_are_refused_by_name(api: APIClient, project: Project) -> None:
    answer = api.post(frame_url(project, tail="retry/"), {"prompt": "slower"}, format="json")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["attr"]) == (400, "no_change", "prompt")
    assert "about the speed" in error["detail"]
    assert api.get(frame_url(project)).json()["status"] == "ready"


def test_an_equal_retry_gets_the_same_job_and_another_is_busy(api: APIClient, project: Project) -> None:
    def retry(prompt: str) -> tuple[int, str]:
        answer = api.post(frame_url(project, tail="retry/"), {"prompt": prompt})
        return answer.status_code, answer.json().get("id", "")

    first = retry("wobble")
    assert first[0] == 202
    assert retry("wobble") == first
    assert retry("bounce")[0] == 409
    assert Job.objects.filter(kind="retry").count() == 1


@pytest.mark.parametrize(
    ("sent", "attr"),
    [({}, "prompt"), ({"prompt": "wobble", "candidates": 9}, "candidates"), ({"prompt": ""}, "prompt")],
)
def test_a_wrong_retry_is_refused_by_name(
    api: APIClient, owner: User, new_project: MakeProject, sent: dict[str, object], attr: str
) -> None:
    answer = api.post(frame_url(new_project(owner), tail="retry/"), sent, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
