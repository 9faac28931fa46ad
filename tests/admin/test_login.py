"""Staff sign in through everybody's form, which counts attempts; the admin has no form of its own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

PASSWORD = "a long enough secret"
ADMIN = reverse("admin:index")
LOGIN = reverse("admin:login")
FORM = reverse("account_login")


@pytest.fixture
def staff_user(staff: User) -> User:
    """Staff with a password."""
    staff.set_password(PASSWORD)
    staff.save(update_fields=["password"])
    return staff


def test_the_way_to_the_admin_leads_through_the_accounts_form_and_back(client: Client, staff_user: User) -> None:
    asked = client.get(ADMIN, follow=True)
    assert [url.partition("?")[0] for url, _ in asked.redirect_chain] == [LOGIN, FORM]
    assert f'name="next" value="{ADMIN}"' in asked.content.decode()
    sent = {"login": staff_user.email, "password": PASSWORD, "next": ADMIN}
    inside = client.post(FORM, sent, follow=True)
    assert inside.redirect_chain[-1][0] == ADMIN
    assert "Behind the scenes" in inside.content.decode()


def test_a_password_sent_to_the_admin_itself_is_not_read(client: Client, staff_user: User) -> None:
    answer = client.post(LOGIN, {"username": staff_user.username, "password": PASSWORD, "next": ADMIN})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, FORM)
    assert "_auth_user_id" not in client.session


def test_who_guesses_is_locked_out_even_with_the_right_word(client: Client, staff_user: User) -> None:
    for guess in ("one", "two", "three", "four", "five"):
        client.post(FORM, {"login": staff_user.email, "password": guess, "next": ADMIN})
    page = client.post(FORM, {"login": staff_user.email, "password": PASSWORD, "next": ADMIN})
    assert page.status_code == 200
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_user_who_is_not_staff_is_told_so(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = client.get(ADMIN, follow=True)
    assert page.status_code == 403
    assert "This page is for staff" in page.content.decode()
    assert client.get(LOGIN).status_code == 403
