"""Trying it without an account: an owner's doors, narrow limits, and work that is kept by signing up or deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.users import guests
from animations.models import GpuCall, Guest, Job, PersonDeletion, Preset, Project
from animations.models.quota import GUEST_LIMITS, limits_of
from animations.models.users.guest import KEPT
from animations.payloads import format_time
from animations.work.cleanup.deleted_people import delete_people, end_guests
from tests.conftest import content, upload
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey", "bounce")]
GUESTS = "/api/v1/guests/"
PROJECTS = "/api/v1/projects/"
PASSWORD = "a long enough secret"


@pytest.fixture
def guest() -> APIClient:
    """Return a browser in which somebody tries it."""
    browser = APIClient()
    assert browser.post(GUESTS).status_code == 201
    return browser


def make_emoji(browser: APIClient) -> dict[str, Any]:
    answer = browser.post(PROJECTS, {"source": upload(), "matte": "none"}, format="multipart")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def sign_up(browser: APIClient, **fields: str) -> Any:
    body = {"email": "new@example.com", "password1": PASSWORD, **fields}
    return browser.post(reverse("account_signup"), body, format="multipart")


def test_a_guest_makes_an_emoji_and_sees_it_and_nobody_else_does(guest: APIClient, api: APIClient) -> None:
    project = make_emoji(guest)
    address = f"{PROJECTS}{project['id']}/"
    studio = reverse("studio", args=[project["id"]])
    assert guest.get(address).status_code == guest.get(studio).status_code == 200
    assert content(guest, project["source"]["url"])
    for somebody_else in (api, APIClient()):
        assert somebody_else.get(address).status_code in (401, 404)
        assert somebody_else.get(studio).status_code in (302, 404)
        assert somebody_else.get(project["source"]["url"]).status_code == 404


def test_a_guest_is_told_how_to_keep_the_work_and_a_person_is_not(guest: APIClient, api: APIClient) -> None:
    project = make_emoji(guest)
    for address in ("/", reverse("studio", args=[project["id"]]), reverse("new")):
        page = guest.get(address).content.decode()
        assert "without an account" in page
        assert f"{reverse('account_signup')}?next={address}" in page
        assert reverse("account_email") not in page
    assert "without an account" not in api.get(reverse("new")).content.decode()


def test_signing_up_keeps_the_work_and_lands_where_it_is(guest: APIClient) -> None:
    project = make_emoji(guest)
    answer = sign_up(guest)
    assert (answer.status_code, answer["Location"]) == (302, reverse("studio", args=[project["id"]]))
    person = User.objects.get(email="new@example.com")
    assert Project.objects.get().owner == person
    assert guest.get(answer["Location"]).status_code == 200
    assert [one["id"] for one in guest.get(PROJECTS).json()["results"]] == [project["id"]]


def test_logging_in_keeps_the_work_beside_what_was_there(guest: APIClient, owner: User, project: Project) -> None:
    owner.set_password(PASSWORD)
    owner.save()
    GpuCall.objects.all().delete()
    made = make_emoji(guest)
    GpuCall.objects.create(user=Guest.objects.get().user, key="k", task="rembg", status="succeeded")
    answer = guest.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD}, format="multipart")
    assert answer["Location"] == reverse("studio", args=[made["id"]])
    assert {str(one.pk) for one in owner.projects.all()} == {str(project.pk), made["id"]}
    assert GpuCall.objects.get().user == owner


def test_who_signs_up_lands_at_no_emoji_that_is_in_the_trash(guest: APIClient, owner: User) -> None:
    kept, trashed = make_emoji(guest), make_emoji(guest)
    guest.delete(f"{PROJECTS}{trashed['id']}/")
    assert sign_up(guest)["Location"] == reverse("studio", args=[kept["id"]])


def test_an_address_that_was_asked_for_comes_first_after_signing_up(guest: APIClient) -> None:
    make_emoji(guest)
    assert sign_up(guest, next=reverse("new"))["Location"] == reverse("new")


def test_who_signs_up_without_having_made_anything_lands_at_home(guest: APIClient) -> None:
    assert sign_up(guest)["Location"] == reverse("home")


def test_what_is_claimed_is_claimed_once_and_the_guest_can_do_no_more(guest: APIClient, stranger: User) -> None:
    make_emoji(guest)
    other_tab = APIClient()
    other_tab.cookies["sessionid"] = guest.cookies["sessionid"].value
    sign_up(guest)
    assert other_tab.get(PROJECTS).status_code == 401
    assert guests.claim(Guest.objects.get().user, stranger) is None
    assert not stranger.projects.exists()


@pytest.mark.parametrize("way", ["upload", "duplicate"])
def test_an_emoji_that_is_being_created_while_its_guest_signs_up_is_kept(
    guest: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    address = f"{PROJECTS}{make_emoji(guest)['id']}/duplicate/"
    Job.objects.update(status="succeeded")
    Project.objects.update(status="ready")
    person = User.objects.get(guest__isnull=False)
    save = storage.save_file if way == "upload" else storage.copy_file

    def sign_up_meanwhile(*args: Any) -> str:
        guests.claim(person, owner)
        return save(*args)

    monkeypatch.setattr(storage, save.__name__, sign_up_meanwhile)
    made = make_emoji(guest) if way == "upload" else guest.post(address).json()
    assert Project.objects.get(pk=made["id"]).owner == owner


def test_to_the_pages_of_accounts_and_staff_a_guest_is_not_signed_in(guest: APIClient) -> None:
    make_emoji(guest)
    for name in ("account_email", "account_set_password", "account_change_password", "admin:index"):
        answer = guest.get(reverse(name))
        assert answer.status_code == 302, name
        assert "login" in answer["Location"], name
    assert guest.get("/_allauth/browser/v1/auth/session").status_code == 401
    assert 'name="password1"' in guest.get(reverse("account_signup")).content.decode()


def test_a_guest_needs_a_form_token_as_others_do() -> None:
    browser = APIClient(enforce_csrf_checks=True)
    assert browser.post(GUESTS).status_code == 403
    browser.cookies["csrftoken"] = token = "c" * 32
    assert browser.post(GUESTS, headers={"X-CSRFToken": token}).status_code == 201
    assert browser.get(PROJECTS).status_code == 200
    assert browser.post(PROJECTS, {"source": upload()}, format="multipart").status_code == 403


def test_asking_again_or_signed_in_changes_nothing(guest: APIClient, api: APIClient) -> None:
    assert guest.post(GUESTS).status_code == api.post(GUESTS).status_code == 200
    kept_until = Guest.objects.get().created_at + KEPT
    assert guest.post(GUESTS).json() == {"kept_until": format_time(kept_until)}
    assert api.post(GUESTS).json() == {"kept_until": None}
    assert Guest.objects.count() == 1


def test_with_guests_switched_off_nobody_is_one_and_the_landing_page_offers_an_account(settings: Settings) -> None:
    settings.GUESTS_PER_DAY = 0
    browser = APIClient()
    answer = browser.post(GUESTS)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "guests_closed")
    assert not User.objects.exists()
    page = browser.get("/").content.decode()
    assert "picture-drop" not in page
    assert reverse("account_signup") in page


def test_guests_are_counted_by_day(settings: Settings) -> None:
    settings.GUESTS_PER_DAY = 2
    guests.create_guest("192.0.2.1")
    old = guests.create_guest("192.0.2.2")
    with pytest.raises(ActionError) as refused:
        guests.create_guest("192.0.2.3")
    assert (refused.value.code, refused.value.status) == ("too_many_guests", 429)
    Guest.objects.filter(user=old).update(created_at=timezone.now() - timedelta(hours=25))
    assert guests.create_guest("192.0.2.3")


def test_guests_are_counted_by_address_also_those_who_have_signed_up(owner: User) -> None:
    for _ in range(guests.PER_ADDRESS):
        guests.claim(guests.create_guest("192.0.2.1"), owner)
    with pytest.raises(ActionError):
        guests.create_guest("192.0.2.1")
    assert guests.create_guest("192.0.2.2")


@pytest.mark.django_db(transaction=True)
def test_guests_who_come_at_once_do_not_all_find_room_for_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "PER_ADDRESS", 2)
    refused = at_once(guests.create_guest, ["192.0.2.1"] * 8)
    assert (Guest.objects.count(), User.objects.count(), len(refused)) == (2, 2, 6)


def test_an_ipv6_network_counts_as_one_address_and_none_is_stored_in_plain() -> None:
    assert guests.digest_of("2001:db8::1") == guests.digest_of("2001:db8::ffff:2")
    assert guests.digest_of("2001:db8::1") != guests.digest_of("2001:db8:0:1::1")
    assert guests.digest_of("::ffff:192.0.2.1") == guests.digest_of("192.0.2.1")
    assert guests.digest_of("192.0.2.1") != guests.digest_of("192.0.2.2")
    assert guests.digest_of("") != guests.digest_of("nonsense")
    assert "192.0.2.1" not in guests.digest_of("192.0.2.1")


def test_a_guest_has_narrow_limits_and_never_more_than_an_account(owner: User, settings: Settings) -> None:
    guest = guests.create_guest("192.0.2.1")
    assert limits_of(guest.pk) == GUEST_LIMITS
    assert limits_of(owner.pk).gpu_ms == settings.GPU_SECONDS_PER_DAY * 1000
    settings.GPU_SECONDS_PER_DAY = 1
    assert limits_of(guest.pk).gpu_ms == limits_of(owner.pk).gpu_ms == 1000
    Guest.objects.update(claimed_by=owner)
    assert limits_of(owner.pk).projects == settings.PROJECTS_PER_PERSON


def test_a_guest_makes_some_emojis_and_is_then_asked_to_sign_up(guest: APIClient) -> None:
    for _ in range(GUEST_LIMITS.projects):
        make_emoji(guest)
        Job.objects.update(status="succeeded")
    refused = guest.post(PROJECTS, {"source": upload()}, format="multipart")
    assert refused.status_code == 403
    assert "Sign up to make more" in refused.json()["errors"][0]["detail"]


def test_a_guest_is_deleted_at_the_stated_age_with_what_was_not_kept(guest: APIClient, owner: User) -> None:
    make_emoji(guest)
    kept = guests.create_guest("192.0.2.9")
    work = Project.objects.create(owner=kept, name="Kept")
    guests.claim(kept, owner)
    Guest.objects.update(created_at=timezone.now() - KEPT + timedelta(minutes=1))
    assert end_guests() == 0
    Guest.objects.update(created_at=timezone.now() - KEPT)
    assert end_guests() == 2
    assert end_guests() == 0
    assert guest.get(PROJECTS).status_code == 401
    assert delete_people() == 2
    assert list(Project.objects.all()) == [work]
    assert not Guest.objects.exists()
    assert not PersonDeletion.objects.exists()


def test_the_landing_page_takes_a_picture(client: Client, bounce: Preset) -> None:
    page = client.get("/").content.decode()
    assert "<picture-drop" in page
    assert "pages/landing.js" in page
    assert "csrftoken" in client.cookies
