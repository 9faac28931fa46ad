"""Requests that were made to hurt are refused in words: no 500, and nothing of them is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from animations import strict_json
from animations.models import Job, Project
from tests.conftest import png

API = "/api/v1/"
HUGE = 10**30


def post_json(api: APIClient, path: str, body: str) -> Any:
    api.raise_request_exception = False
    return api.post(path, body, content_type="application/json")


def refine_body(project: Project, **fields: Any) -> str:
    chosen = project.current_frames()[0].chosen_id
    return json.dumps({"candidate": str(chosen), "tool": "effects"} | fields)


@pytest.mark.parametrize("indices", [[HUGE], [2**63 - 1], [-1], [60], [True], [1.0]])
def test_an_index_that_no_frame_can_have_is_400(api: APIClient, project: Project, indices: list[Any]) -> None:
    body = refine_body(project, tool="pocket", x=0, y=0, apply_to=indices)
    answer = post_json(api, f"{API}projects/{project.pk}/frames/0/refine/", body)
    assert answer.status_code == 400
    assert not Job.objects.live().exists()


@pytest.mark.parametrize("place", [HUGE, 2**63 - 1, 16_384, -1])
def test_a_pixel_that_no_picture_can_have_is_400(api: APIClient, project: Project, place: int) -> None:
    body = refine_body(project, tool="pocket", x=place, y=0)
    for path in ("frames/0/refine/", "source/refine/"):
        answer = post_json(api, f"{API}projects/{project.pk}/{path}", body)
        assert answer.status_code == 400
    form = json.loads(body) | {"x": str(place)}
    assert api.post(f"{API}projects/{project.pk}/frames/0/refine/", form, format="multipart").status_code == 400
    assert not Job.objects.live().exists()


@pytest.mark.parametrize("number", [HUGE, 2**64, "9" * 5000])
def test_a_number_in_an_address_that_nothing_can_have_is_404(
    api: APIClient, project: Project, number: int | str
) -> None:
    api.raise_request_exception = False
    for path in (
        f"{API}projects/{project.pk}/frames/{number}/",
        f"{API}projects/?page={number}",
        f"{API}projects/?page=",
        f"/media/exports/{number}/",
    ):
        assert api.get(path).status_code == 404, path
    assert api.get(f"{API}projects/?page_size={number}").status_code in (200, 400)


@pytest.mark.parametrize(
    "value",
    [
        '"\\ud800"',
        '"a\\udfffb"',
        '"\\u0000"',
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        str(HUGE),
        "[" * 40 + "]" * 40,
    ],
)
@pytest.mark.parametrize("key", [None, "Idempotency-Key"])
def test_json_that_holds_what_cannot_be_stored_is_400(
    api: APIClient, project: Project, value: str, key: str | None
) -> None:
    if key:
        api.credentials(HTTP_IDEMPOTENCY_KEY="one")
    fields = (
        "prompt",
        "preset",
        "tool",
        "candidate",
        "apply_to",
        "platforms",
        "name",
        "frame_count",
        "matte",
        "other",
    )
    for field in fields:
        for path in ("generate/", "exports/", "frames/0/retry/", "frames/0/refine/", "source/refine/"):
            answer = post_json(api, f"{API}projects/{project.pk}/{path}", f'{{"{field}": {value}}}')
            assert answer.status_code == 400, (path, field)
            assert answer.json()["errors"][0]["code"] == "parse_error", (path, field)


def test_every_depth_of_json_is_read_or_refused(api: APIClient, project: Project) -> None:
    for depth in (2, 31, 33, 500, 900, 950, 980, 1000, 2000):
        body = '{"prompt": "bounce", "x": ' + "[" * depth + "]" * depth + "}"
        api.credentials(HTTP_IDEMPOTENCY_KEY=f"depth-{depth}")
        status = post_json(api, f"{API}projects/{project.pk}/frames/0/retry/", body).status_code
        assert status == 400 if depth > 31 else status in (202, 400, 409), depth


def test_a_large_body_without_a_file_is_413(api: APIClient, project: Project) -> None:
    lists = "[" + "[]," * 500_000 + "[]]"
    assert post_json(api, f"{API}projects/{project.pk}/generate/", lists).status_code == 413
    form = "prompt=" + "x" * 1_000_001
    answer = api.post(f"{API}projects/{project.pk}/generate/", form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.parametrize("charset", ["hex", "utf-16", "idna", "unicode_escape", "undefined", "zip", "latin-1"])
def test_text_in_another_encoding_than_utf8_is_415(api: APIClient, project: Project, charset: str) -> None:
    api.raise_request_exception = False
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/html"):
        for path in (f"{API}projects/{project.pk}/generate/", "/accounts/login/", "/_allauth/app/v1/auth/login"):
            answer = api.post(path, "name=%41", content_type=f"{kind}; charset={charset}")
            assert answer.status_code == 415, (kind, path)


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"', "us-ascii"])
def test_the_charset_of_utf8_is_taken_by_each_of_its_names(api: APIClient, project: Project, charset: str) -> None:
    kind = f"application/json; charset={charset}"
    assert api.patch(f"{API}projects/{project.pk}/", '{"name": "x"}', content_type=kind).status_code == 200


@pytest.mark.parametrize(
    "part",
    [
        b"name*=hex''61; filename=a.png",
        b"name*=utf-7''+2AA-; filename=a.png",
        b"name=source; filename*=hex''61",
        b"name=source; filename*=utf-7''+2AA-.png",
        b"name*=utf-7''+2AA-",
        b"name=prompt; charset=utf-7",
        b'name="a\0b"; filename="a\0b.png"',
        b"name*=undefined''61",
    ],
)
def test_a_form_with_names_that_are_no_text_is_never_an_error_of_ours(api: APIClient, part: bytes) -> None:
    api.raise_request_exception = False
    api.credentials(HTTP_IDEMPOTENCY_KEY="one")
    body = b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n\r\n" + png(size=64) + b"\r\n--b--\r\n"
    answer = api.post(f"{API}projects/", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert not Project.objects.exists()


@pytest.mark.parametrize("cookie", ['"\\000abcdefgh"', "a\0bcdefghi"])
def test_a_session_with_a_nul_is_400(api: APIClient, cookie: str) -> None:
    client = APIClient(raise_request_exception=False)
    client.cookies["sessionid"] = cookie
    client.cookies["sessionid"]._coded_value = cookie  # type: ignore[attr-defined]
    for path in (f"{API}projects/", "/"):
        assert client.get(path).status_code == 400
    for path in (f"{API}projects/", "/media/exports/1/"):
        assert (
            APIClient(raise_request_exception=False, HTTP_X_SESSION_TOKEN="a\0bcdefgh").get(path).status_code == 400
        )


ALLAUTH = ("auth/login", "auth/signup", "auth/password/request", "auth/email/verify", "auth/session")


@pytest.mark.parametrize("client", ["app", "browser"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_signing_in_takes_json_alone(db: None, client: str, kind: str) -> None:
    account = json.dumps({"email": "a@example.com", "password": "correct horse battery"})
    for path in ALLAUTH:
        answer = APIClient().post(f"/_allauth/{client}/v1/{path}", account, content_type=kind)
        assert answer.status_code == 415
        assert answer.json()["status"] == 415


@pytest.mark.parametrize(
    "value", ['"\\ud800"', '"a@\\ud800.de"', '"\\u0000"', "NaN", str(HUGE), "[" * 100_000, '"' + "a" * 20, "9" * 5000]
)
def test_signing_in_refuses_text_that_is_none(db: None, value: str) -> None:
    client = APIClient(raise_request_exception=False)
    for path in ALLAUTH:
        for field in ("email", "password", "key"):
            body = f'{{"{field}": {value}, "{"password" if field == "email" else "email"}": "a@example.com"}}'
            answer = client.post(f"/_allauth/app/v1/{path}", body, content_type="application/json")
            assert answer.status_code == 400, (path, field)
            assert answer.json()["status"] == 400


def test_nothing_that_the_api_says_is_kept_by_a_cache(api: APIClient, project: Project) -> None:
    asked = ("", "projects/", "usage/", "platforms/", f"jobs/{project.jobs.all()[0].pk}/", "nothing/", "schema/")
    for path in asked:
        answer = api.get(API + path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert {"Cookie", "X-Session-Token"} <= set(answer.headers["Vary"].split(", ")), path
    assert APIClient().get(f"{API}projects/").headers["Cache-Control"] == "no-store"
    assert "no-store" in APIClient().get("/_allauth/app/v1/config").headers["Cache-Control"]


def test_a_project_is_kept_by_its_owner_and_asked_for_each_time(api: APIClient, project: Project) -> None:
    path = f"{API}projects/{project.pk}/"
    first = api.get(path)
    again = api.get(path, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "X-Session-Token" in answer.headers["Vary"]


@pytest.mark.parametrize("value", [0, -(2**63), 2**63 - 1, 1.5, "猫 👨\u200d👩", [], {}, None, {"a": [{"b": True}]}])
def test_json_that_can_be_stored_is_read(value: Any) -> None:
    assert strict_json.loads(json.dumps(value).encode()) == value
