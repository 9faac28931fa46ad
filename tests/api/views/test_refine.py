"""A candidate mended by a tool, over HTTP: one job, a new candidate with its parent, and clear refusals."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.actions.frames import MAX_CANDIDATES
from animations.models import Candidate, Frame, Job, Project
from tests.conftest import MakeProject

Body = dict[str, Any]


def url(project: Project, index: int = 1, tail: str = "refine/") -> str:
    return f"/api/v1/projects/{project.pk}/frames/{index}/{tail}"


@pytest.fixture
def refine_body(project: Project) -> Body:
    chosen = project.current_frames().get(index=1).chosen_id
    return {"candidate": str(chosen), "tool": "matte", "engine": "birefnet"}


def ask(api: APIClient, project: Project, refine_body: Body, **headers: str) -> Any:
    return api.post(url(project), refine_body, format="json", headers=headers)


def test_a_frame_is_matted_by_another_engine(api: APIClient, project: Project, refine_body: Body) -> None:
    answer = ask(api, project, refine_body)
    job = answer.json()
    assert answer.status_code == 202, job
    frame = project.current_frames().get(index=1)
    assert (job["kind"], job["frame"], job["total"], job["status"]) == ("refine", str(frame.pk), 1, "queued")
    shown = api.get(f"/api/v1/projects/{project.pk}/").json()["frames"]
    assert [len(each["candidates"]) for each in shown] == [2, 3, 2]
    assert [each["status"] for each in shown] == ["ready", "working", "ready"]
    new = shown[1]["candidates"][2]
    made = (new["parent"], new["origin"], new["engine"], new["status"])
    assert made == (refine_body["candidate"], "refined", "birefnet", "pending")
    assert shown[1]["chosen"] == refine_body["candidate"]


@pytest.mark.parametrize(("apply_to", "counts"), [("all", [3, 3, 3]), ([0, 2, 2], [3, 2, 3]), ("frame", [2, 3, 2])])
def test_others_are_refined_from_their_chosen_ones(
    api: APIClient, project: Project, refine_body: Body, apply_to: Any, counts: list[int]
) -> None:
    assert ask(api, project, refine_body | {"apply_to": apply_to}).json()["total"] == sum(counts) - 6
    frames = list(project.current_frames().prefetch_related("candidates"))
    assert [len(frame.candidates.all()) for frame in frames] == counts
    for frame in frames:
        for made in frame.candidates.filter(origin="refined"):
            assert made.parent_id == frame.chosen_id


def test_an_equal_refine_gets_the_live_job_and_another_is_busy(
    api: APIClient, project: Project, refine_body: Body
) -> None:
    first = ask(api, project, refine_body).json()["id"]
    assert ask(api, project, refine_body).json()["id"] == first
    for other in (refine_body | {"engine": "rembg"}, refine_body | {"apply_to": "all"}):
        answer = ask(api, project, other)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "busy")
    assert api.post(url(project, 1, "retry/"), {"prompt": "wobble"}).status_code == 409
    assert api.post(f"/api/v1/projects/{project.pk}/generate/").status_code == 409
    assert api.post(url(project, 0, "retry/"), {"prompt": "wobble"}).status_code == 202
    assert Job.objects.filter(kind="refine").count() == 1


def test_a_frame_that_another_refine_works_on_is_busy(api: APIClient, project: Project, refine_body: Body) -> None:
    assert ask(api, project, refine_body | {"apply_to": "all"}).status_code == 202
    chosen = project.current_frames().get(index=0).chosen_id
    answer = api.post(url(project, 0), refine_body | {"candidate": str(chosen)}, format="json")
    assert answer.status_code == 409
    assert api.post(url(project, 2, "retry/"), {"prompt": "wobble"}).status_code == 409


def test_the_same_key_gets_the_same_answer(api: APIClient, project: Project, refine_body: Body) -> None:
    answers = [ask(api, project, refine_body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = ask(api, project, refine_body | {"engine": "sam"}, **{"Idempotency-Key": "once"})
    assert other.status_code == 422
    assert Candidate.objects.filter(origin="refined").count() == 1


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"tool": "inpaint"}, "tool"),
        ({"tool": "points"}, "points"),
        ({"tool": None}, "tool"),
        ({"engine": "magic"}, "engine"),
        ({"engine": None}, "engine"),
        ({"candidate": str(uuid.uuid4())}, "candidate"),
        ({"candidate": "x"}, "candidate"),
        ({"apply_to": "some"}, "apply_to"),
        ({"apply_to": []}, "apply_to"),
        ({"apply_to": [7]}, "apply_to"),
        ({"apply_to": ["1"]}, "apply_to"),
        ({"apply_to": [True]}, "apply_to"),
    ],
)
def test_a_wrong_refine_is_refused_by_name(
    api: APIClient, project: Project, refine_body: Body, change: dict[str, Any], attr: str
) -> None:
    answer = ask(api, project, refine_body | change)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert not Job.objects.filter(kind="refine").exists()


def test_an_unknown_tool_is_refused_with_the_names_of_the_others(
    api: APIClient, project: Project, refine_body: Body
) -> None:
    detail = ask(api, project, refine_body | {"tool": "inpaint"}).json()["errors"][0]["detail"]
    assert "“inpaint”" in detail
    assert "“matte”" in detail


def test_an_unfinished_candidate_cannot_be_refined(api: APIClient, project: Project, refine_body: Body) -> None:
    pending = Candidate.objects.create(frame=project.current_frames().get(index=1), ordinal=9)
    answer = ask(api, project, refine_body | {"candidate": str(pending.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_ready")


def test_a_frame_has_a_limited_number_of_candidates(api: APIClient, project: Project, refine_body: Body) -> None:
    frame = project.current_frames().get(index=1)
    Candidate.objects.bulk_create(Candidate(frame=frame, ordinal=number) for number in range(2, MAX_CANDIDATES))
    answer = ask(api, project, refine_body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many")
    assert Frame.objects.get(project=project, index=1).status == "ready"


def test_strangers_see_nothing(api: APIClient, stranger: User, new_project: MakeProject, refine_body: Body) -> None:
    assert ask(api, new_project(stranger), refine_body).status_code == 404
