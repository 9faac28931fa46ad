from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from animations.actions.projects.edit import edit
from animations.api.idempotency import idempotent
from animations.models import IdempotencyKey, Job, Project
from tests.conftest import ClientOf, MakeProject, png, upload


def send(
    client: APIClient, project: Project, body: dict[str, Any], key: str = "one", route: str = "generate/"
) -> Any:
    url = f"/api/v1/projects/{project.pk}/{route}"
    return client.post(url, body, format="json", headers={"Idempotency-Key": key})


def create(client: APIClient, key: str, picture: bytes | None = None, **fields: Any) -> Any:
    body = {"source": upload(picture), "prompt": "bounce", "start": "false"} | fields
    return client.post("/api/v1/projects/", body, format="multipart", headers={"Idempotency-Key": key})


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_the_same_request_gets_the_same_answer_and_is_not_done_again(api: APIClient, project: Project) -> None:
    first = send(api, project, {"frame_count": 5, "size": 128})
    Job.objects.filter(pk=first.json()["id"]).update(status="succeeded")
    Project.objects.update(status="ready")
    again = send(api, project, {"size": 128, "frame_count": 5})
    assert (again.status_code, again.json()) == (202, first.json())
    assert (again["Idempotent-Replayed"], first.has_header("Idempotent-Replayed")) == ("true", False)
    assert Job.objects.filter(kind="generate").count() == 2


def test_a_resent_upload_makes_one_project(api: APIClient) -> None:
    first = create(api, "up")
    again = create(api, "up")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Project.objects.count() == 1


def test_a_resent_duplicate_makes_one_copy(api: APIClient, project: Project) -> None:
    first = send(api, project, {}, route="duplicate/")
    again = send(api, project, {}, route="duplicate/")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Project.objects.count() == 2
    assert send(api, project, {}, key="two", route="duplicate/").json()["id"] != first.json()["id"]


def test_a_kill_between_a_project_and_its_remembered_answer_leaves_one_project(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(IdempotencyKey, "store_answer", kill)
        patched.setattr(IdempotencyKey, "release", lambda _: None)  # what is killed tidies nothing up
        create(api, "up")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert create(api, "up").status_code == 201
    assert Project.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(api: APIClient, project: Project) -> None:
    send(api, project, {"frame_count": 5})
    assert code(send(api, project, {"frame_count": 6})) == (422, "idempotency_key_reused")


def test_another_picture_under_the_same_key_is_refused(api: APIClient) -> None:
    create(api, "up")
    assert code(create(api, "up", png(size=63))) == (422, "idempotency_key_reused")
    assert code(create(api, "up", name="Other")) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_one_person_and_one_address(
    api: APIClient, owner: User, stranger: User, new_project: MakeProject, client_of: ClientOf
) -> None:
    mine, other, theirs = new_project(owner), new_project(owner), new_project(stranger)
    answers = [send(api, mine, {}), send(api, other, {}), send(client_of(stranger), theirs, {})]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.json()["id"] for answer in answers}) == 3


def test_a_refused_request_may_be_corrected_under_its_key(api: APIClient, project: Project) -> None:
    assert send(api, project, {"frame_count": 99}).status_code == 400
    assert send(api, project, {"frame_count": 9}).status_code == 202
    broken = create(api, "up", b"words")
    assert (broken.status_code, create(api, "up").status_code) == (400, 201)


def test_busy_is_not_remembered(api: APIClient, project: Project) -> None:
    job = send(api, project, {"frame_count": 5}).json()["id"]
    assert code(send(api, project, {"frame_count": 6}, key="two")) == (409, "busy")
    api.post(f"/api/v1/jobs/{job}/cancel/")
    assert send(api, project, {"frame_count": 6}, key="two").status_code == 202


@pytest.mark.parametrize("route", ["frames/1/retry/", "exports/"])
def test_every_spending_address_keeps_its_answers(api: APIClient, project: Project, route: str) -> None:
    body = {"prompt": "wobble"} if "retry" in route else {"platforms": ["slack"]}
    first = send(api, project, body, route=route)
    assert first.status_code == 202
    assert send(api, project, body, route=route).json() == first.json()
    assert Job.objects.filter(status="queued").count() == 1


def unanswered_request(owner: User, project: Project, seconds: int) -> IdempotencyKey:
    """Return the row of a first request that began so long ago and has not answered."""
    route = f"POST /api/v1/projects/{project.pk}/generate/"
    row = IdempotencyKey.objects.create(user=owner, route=route, key="one", body_digest=empty_body_digest())
    began = timezone.now() - timedelta(seconds=seconds)
    IdempotencyKey.objects.filter(pk=row.pk).update(created_at=began)
    return row


def empty_body_digest() -> str:
    """Return the digest of an empty JSON object."""
    return hashlib.sha256(b'{"json": {}}').hexdigest()


def test_a_second_request_waits_while_the_first_is_in_progress(api: APIClient, owner: User, project: Project) -> None:
    unanswered_request(owner, project, 50)
    answer = send(api, project, {})
    assert code(answer) == (409, "in_progress")
    assert int(answer["Retry-After"]) >= 1
    assert not Job.objects.filter(status="queued").exists()


@pytest.mark.parametrize("seconds", [61, -3600])  # the clock was set back
def test_a_first_request_that_died_is_taken_over_after_a_minute(
    api: APIClient, owner: User, project: Project, seconds: int
) -> None:
    row = unanswered_request(owner, project, seconds)
    first = send(api, project, {})
    assert first.status_code == 202
    row.refresh_from_db()
    assert (row.status_code, row.answer) == (202, first.json())


def test_a_request_that_was_taken_over_while_it_worked_takes_its_work_back(owner: User, project: Project) -> None:
    class View(APIView):
        @idempotent(atomic=True)
        def post(self, request: Request) -> Response:
            edit(project, {"name": "Too late"})
            IdempotencyKey.objects.update(created_at=timezone.now())
            return Response({})

    request = APIRequestFactory().post("/", {}, format="json", headers={"Idempotency-Key": "slow"})
    force_authenticate(request, owner)
    answer = View.as_view()(request)
    assert (answer.status_code, answer.data["errors"][0]["code"]) == (409, "in_progress")
    assert Project.objects.get(pk=project.pk).name == "Face"


def test_without_a_key_no_answer_is_stored(api: APIClient, project: Project) -> None:
    api.post(f"/api/v1/projects/{project.pk}/generate/")
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb"])
def test_a_key_must_be_plain_and_short(api: APIClient, project: Project, key: str) -> None:
    answer = send(api, project, {}, key=key)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "Idempotency-Key")


def test_a_key_does_not_show_anothers_project(
    owner: User, stranger: User, project: Project, client_of: ClientOf
) -> None:
    key = uuid4().hex
    assert send(client_of(owner), project, {}, key).status_code == 202
    assert send(client_of(stranger), project, {}, key).status_code == 404
    assert IdempotencyKey.objects.count() == 1
