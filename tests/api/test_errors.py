from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from animations.actions.errors import ActionError
from animations.models import Project
from animations.models.transitions import IllegalTransition, ProjectGone

API = "/api/v1/"


def error_of(answer: Any) -> tuple[int, str, str, str | None]:
    """Return status, type, code and attr of an answer whose body is in the one shape."""
    body = answer.json()
    assert body.keys() == {"type", "errors"}
    assert [error.keys() for error in body["errors"]] == [{"code", "detail", "attr"}]
    error = body["errors"][0]
    assert error["detail"]
    return answer.status_code, body["type"], error["code"], error["attr"]


@pytest.mark.parametrize("path", ["nothing/", "projects/7/", "projects/frames/", "x/y/z.json", "jobs/../etc"])
def test_an_unknown_address_is_404_in_the_one_shape_for_everybody(api: APIClient, path: str) -> None:
    for client in (api, APIClient()):
        for method in ("get", "post", "delete"):
            assert error_of(getattr(client, method)(API + path)) == (404, "client_error", "not_found", None)


def test_a_missing_slash_is_pointed_out(api: APIClient) -> None:
    answer = api.post(f"{API}projects", {})
    assert error_of(answer)[0] == 404
    assert f"{API}projects/" in answer.json()["errors"][0]["detail"]


def test_a_wrong_method_is_405(api: APIClient) -> None:
    assert error_of(api.delete(f"{API}projects/")) == (405, "client_error", "method_not_allowed", None)


def test_another_media_type_is_415(api: APIClient, project: Project) -> None:
    answer = api.post(f"{API}projects/{project.pk}/generate/", "<a/>", content_type="text/xml")
    assert error_of(answer) == (415, "client_error", "unsupported_media_type", None)


def test_a_body_that_is_not_json_is_400(api: APIClient, project: Project) -> None:
    answer = api.post(f"{API}projects/{project.pk}/generate/", "{no", content_type="application/json")
    assert error_of(answer) == (400, "client_error", "parse_error", None)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"prompt":' * 100_000, '{"candidates":' + "9" * 5000 + "}"])
def test_json_that_is_too_deep_or_has_too_long_a_number_is_400(api: APIClient, project: Project, body: str) -> None:
    for path in ("generate/", "exports/", "frames/0/retry/"):
        answer = api.post(f"{API}projects/{project.pk}/{path}", body, content_type="application/json")
        assert error_of(answer) == (400, "client_error", "parse_error", None)
    assert error_of(api.post(f"{API}projects/", body, content_type="application/json"))[0] == 400


def test_a_form_that_is_broken_is_400(api: APIClient) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=é", "multipart/form-data; boundary=x"):
        answer = api.post(f"{API}projects/", b"--x\r\nbroken", content_type=kind)
        assert (answer.status_code, answer.json()["type"][-5:]) == (400, "error"), kind


def test_json_that_is_not_an_object_is_refused(api: APIClient, project: Project) -> None:
    for body in ("[1]", '"x"', "7", "null"):
        answer = api.post(f"{API}projects/{project.pk}/frames/0/retry/", body, content_type="application/json")
        kind, _, attr = error_of(answer)[1:]
        assert (answer.status_code, kind, attr) == (400, "validation_error", None), body


def test_form_fields_without_end_are_413(api: APIClient) -> None:
    answer = api.post(f"{API}projects/", {"prompt": "x" * 8_100_000}, format="multipart")
    assert error_of(answer) == (413, "client_error", "too_large", None)


def answer_to(error: Exception, **settings: Any) -> Any:
    """Return the answer of a view that raises `error`."""

    class Raising(APIView):
        authentication_classes: list[type] = []
        permission_classes: list[type] = []
        throttle_classes: list[type] = []

        def get(self, request: HttpRequest) -> None:
            raise error

    answer: Any = Raising.as_view()(APIRequestFactory().get("/"))
    answer.render()
    answer.json = lambda: answer.data
    return answer


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ActionError("odd", "Too odd.", "prompt"), (400, "validation_error", "odd", "prompt")),
        (ActionError("odd", "Too odd."), (400, "validation_error", "odd", None)),
        (ActionError("busy", "Wait.", status=409), (409, "client_error", "busy", None)),
        (ActionError("too_large", "Huge.", "source", status=413), (413, "client_error", "too_large", "source")),
        (IllegalTransition("x"), (409, "client_error", "conflict", None)),
        (ProjectGone("x"), (404, "client_error", "not_found", None)),
        (ZeroDivisionError("secret"), (500, "server_error", "error", None)),
    ],
)
def test_an_actions_error_keeps_its_code_and_a_bug_reveals_nothing(error: Exception, expected: object) -> None:
    answer = answer_to(error)
    assert error_of(answer) == expected
    assert "secret" not in str(answer.data)


def test_a_row_that_goes_while_its_project_is_read_is_404(api: APIClient, project: Project) -> None:
    project.source.delete()
    answer = api.get(f"/api/v1/projects/{project.pk}/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
