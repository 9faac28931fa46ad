from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.models import Project

PROJECTS = "/api/v1/projects/"


def sign_up(email: str = "ada@example.com") -> str:
    """Return a new account's session token."""
    sent = {"email": email, "password": "a quite long word of pass"}
    answer = APIClient().post("/_allauth/app/v1/auth/signup", sent, format="json")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["meta"]["session_token"])


def test_an_app_signs_up_and_then_asks_with_its_session_token(db: None) -> None:
    client = APIClient()
    client.credentials(HTTP_X_SESSION_TOKEN=sign_up())
    assert client.get(PROJECTS).json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("body", ["{no", "[" * 100_000, '{"email":' * 100_000, '{"email":' + "9" * 5000 + "}"])
@pytest.mark.parametrize("door", ["login", "signup"])
def test_signing_in_with_json_that_cannot_be_read_is_400(db: None, door: str, body: str) -> None:
    answer = APIClient().post(f"/_allauth/app/v1/auth/{door}", body, content_type="application/json")
    assert answer.status_code == 400


def test_an_app_that_signed_up_may_log_in_again(db: None) -> None:
    sign_up()
    sent = {"email": "ada@example.com", "password": "a quite long word of pass"}
    token = APIClient().post("/_allauth/app/v1/auth/login", sent, format="json").json()["meta"]["session_token"]
    assert APIClient().get(PROJECTS, headers={"X-Session-Token": token}).status_code == 200


def test_a_request_without_a_login_is_401_and_names_the_header(db: None) -> None:
    answer = APIClient().get(PROJECTS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("X-Session-Token")
    assert answer.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "not_authenticated",
                "detail": "Authentication credentials were not provided.",
                "attr": None,
            }
        ],
    }


def test_a_made_up_token_is_nobody(db: None) -> None:
    assert APIClient().get(PROJECTS, headers={"X-Session-Token": "x" * 32}).status_code == 401


def test_a_token_ends_with_its_session(db: None) -> None:
    token = sign_up()
    app = APIClient()
    app.credentials(HTTP_X_SESSION_TOKEN=token)
    app.delete("/_allauth/app/v1/auth/session")
    assert app.get(PROJECTS).status_code == 401


def test_a_browser_needs_a_csrf_token_to_change_something(owner: User, project: Project) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.get(PROJECTS).status_code == 200
    answer = browser.patch(f"{PROJECTS}{project.pk}/", {"name": "Mine"})
    assert (answer.status_code, answer.json()["type"]) == (403, "client_error")
    browser.cookies["csrftoken"] = token = "c" * 32
    kept = browser.patch(f"{PROJECTS}{project.pk}/", {"name": "Mine"}, headers={"X-CSRFToken": token})
    assert kept.json()["name"] == "Mine"
