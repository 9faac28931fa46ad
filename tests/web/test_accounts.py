from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


def test_signing_up_leads_to_the_invitation(client: Client) -> None:
    page = client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("home")
    assert "Make your first emoji" in page.content.decode()


def test_a_wrong_password_is_said_next_to_the_form(client: Client, owner: User) -> None:
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
    assert 'class="entrance card' in page
    assert "Skip to content" in page


@pytest.mark.parametrize("name", ["account_email", "account_logout", "account_set_password"])
def test_so_do_the_pages_of_an_account(name: str, api: APIClient, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    api.force_login(owner)
    assert 'class="entrance card' in api.get(reverse(name)).content.decode()


def test_changing_a_password_asks_for_the_old_one(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD})
    page = client.get(reverse("account_change_password")).content.decode()
    assert 'name="oldpassword"' in page
    assert 'class="entrance card' in page


def test_a_broken_reset_link_says_what_to_do(client: Client) -> None:
    page = client.get(reverse("account_reset_password_from_key", args=["1", "bad-token"])).content.decode()
    assert reverse("account_reset_password") in page
