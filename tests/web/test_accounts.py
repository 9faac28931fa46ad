from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from animations.web.accounts.forms import PASSWORD_RULE

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


def test_signing_up_leads_to_the_invitation(client: Client) -> None:
    page = client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("home")
    assert "Make your first emoji" in page.content.decode()


def test_a_wrong_password_is_reported_next_to_the_form(client: Client, owner: User) -> None:
    page = client.post(reverse("account_login"), {"login": owner.email, "password": "wrong"}).content.decode()
    assert 'class="problem" role="alert"' in page


def test_logging_out_is_one_press(api: APIClient) -> None:
    answer = api.post(reverse("account_logout"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert "Log in" in api.get("/").content.decode()


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
)
def test_the_way_in_wears_our_clothes(name: str, client: Client) -> None:
    page = client.get(reverse(name)).content.decode()
    assert 'class="account-card card' in page
    assert "Skip to content" in page


@pytest.mark.parametrize("name", ["account_email", "account_logout", "account_set_password"])
def test_so_do_the_pages_of_an_account(name: str, api: APIClient, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    api.force_login(owner)
    assert 'class="account-card card' in api.get(reverse(name)).content.decode()


def test_changing_a_password_asks_for_the_old_one(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD})
    page = client.get(reverse("account_change_password")).content.decode()
    assert 'name="oldpassword"' in page
    assert 'class="account-card card' in page


def test_a_broken_reset_link_says_what_to_do(client: Client) -> None:
    page = client.get(reverse("account_reset_password_from_key", args=["1", "bad-token"])).content.decode()
    assert reverse("account_reset_password") in page


@pytest.mark.parametrize("sends", [True, False])
def test_a_link_by_mail_is_promised_only_where_mail_is_sent(sends: bool, client: Client, settings: Any) -> None:
    settings.SENDS_MAIL = sends
    for name, promise in (
        ("account_reset_password", "Send the link"),
        ("account_reset_password_done", "a link is on its way"),
        ("account_email_verification_sent", "We have sent you an e-mail"),
    ):
        page = client.get(reverse(name)).content.decode()
        assert (promise in page) is sends, name
        assert ("Ask the person who runs it" in page) is not sends, name


def test_an_added_address_is_promised_no_mail_without_a_mail_server(
    client: Client, owner: User, settings: Any
) -> None:
    settings.SENDS_MAIL = False
    client.force_login(owner)
    body = {"email": "second@example.com", "action_add": ""}
    page = client.post(reverse("account_email"), body, follow=True).content.decode()
    assert "second@example.com cannot be confirmed: this server sends no mail." in page
    assert "on its way" not in page
    assert "Send confirmation" not in page


@pytest.mark.parametrize(
    ("url", "reaches"),
    [("", False), ("consolemail://", False), ("dummymail://", False), ("smtp+tls://a:b@mail.example.org:587", True)],
)
def test_mail_reaches_people_by_a_server_and_not_by_a_log(url: str, reaches: bool, tmp_path: Path) -> None:
    code = "from emojiforge import settings; print(settings.SENDS_MAIL)"
    environment = os.environ | {"EMAIL_URL": url, "DATA_DIR": str(tmp_path)}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert printed.stdout.strip() == str(reaches)


def test_a_forgotten_password_is_asked_about_once(client: Client) -> None:
    assert client.get(reverse("account_login")).content.decode().count("Forgot your password?") == 1


@pytest.mark.parametrize("name", ["account_signup", "account_change_password", "account_set_password"])
def test_the_rule_for_a_password_is_one_line(name: str, client: Client, owner: User) -> None:
    if name == "account_change_password":
        owner.set_password(PASSWORD)
        owner.save()
    if name != "account_signup":
        client.force_login(owner)
    page = client.get(reverse(name)).content.decode()
    assert page.count("At least 8 characters") == 1
    hint = page.partition('id="id_password1_helptext">')[2].partition("</div>")[0]
    assert hint == PASSWORD_RULE
    assert 'aria-describedby="id_password1_helptext"' in page


def test_a_shorter_password_than_the_rule_says_is_refused(client: Client, settings: Any) -> None:
    short = "x7!kQ9zz"[: settings.PASSWORD_LENGTH - 1]
    page = client.post(reverse("account_signup"), {"email": "new@example.com", "password1": short}).content.decode()
    assert "at least 8 characters" in page
    assert not User.objects.exists()
