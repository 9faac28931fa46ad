from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from animations.encode.platforms import PLATFORMS
from animations.models import Export, Frame, Job, Preset, Project, Source

pytestmark = pytest.mark.django_db


def studio_of(project: Project) -> str:
    return reverse("studio", args=[project.pk])


def state_in(page: str) -> Any:
    found = re.search(r'<script id="state" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_visitor_sees_the_landing_page_with_an_invitation(client: Client, bounce: Preset) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for part in ("Make your first emoji", reverse("account_signup"), reverse("account_login"), bounce.name):
        assert part in page.content.decode()


def test_somebody_without_emojis_is_invited_to_make_one(api: APIClient) -> None:
    page = api.get("/").content.decode()
    assert 'data-testid="empty"' in page
    assert reverse("new") in page


def test_home_shows_a_persons_own_emojis_only(
    api: APIClient, project: Project, stranger: User, new_project: Callable[..., Project]
) -> None:
    other = new_project(stranger, name="Not yours")
    page = api.get("/").content.decode()
    assert studio_of(project) in page
    assert studio_of(other) not in page
    assert "Not yours" not in page


def test_a_card_shows_the_first_chosen_frame(api: APIClient, project: Project) -> None:
    first = project.current_frames().get(index=0)
    assert reverse("candidate-preview", args=[first.chosen_id]) in api.get("/").content.decode()


def test_a_card_shows_the_picture_while_there_is_no_frame(api: APIClient, project: Project) -> None:
    Frame.objects.update(chosen=None)
    assert reverse("source-file", args=[project.source.pk, "picture"]) in api.get("/").content.decode()


def test_a_page_of_emojis_costs_the_same_however_many_there_are(
    owner: User,
    api: APIClient,
    new_project: Callable[..., Project],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        new_project(owner, frames=2, name=f"Emoji {number}")
    # session, user, count, projects, covers, sets, the trash, what is stored, the limits
    with django_assert_num_queries(9):
        api.get("/")


def test_more_than_a_page_of_emojis_can_be_leafed_through(owner: User, api: APIClient) -> None:
    project = Project.objects.create(owner=owner, name="Oldest")
    _with_source(project)
    for number in range(24):
        _with_source(Project.objects.create(owner=owner, name=f"Emoji {number}"))
    assert "?page=2" in api.get("/").content.decode()
    second = api.get("/?page=2").content.decode()
    assert "Oldest" in second
    assert "Emoji 3" not in second


def _with_source(project: Project) -> None:
    Source.objects.create(
        project=project, original="o.png", original_format="png", picture="o.png", width=8, height=8
    )


def test_new_offers_the_published_motions_in_order_and_the_samples(api: APIClient, bounce: Preset) -> None:
    Preset.objects.create(slug="secret", name="Secret", recipe=bounce.recipe, active=False)
    Preset.objects.create(slug="first", name="First", recipe=bounce.recipe, active=True, position=0)
    page = api.get(reverse("new")).content.decode()
    assert page.index('value="first"') < page.index('value="bounce"')
    assert 'value="secret"' not in page
    for sample in ("ember", "cat", "cactus"):
        assert f"samples/{sample}" in page


def test_a_fresh_preview_is_shown_under_a_cacheable_address(api: APIClient, bounce: Preset) -> None:
    Preset.objects.update(preview="presets/bounce.webp", preview_of="abc")
    assert f"{reverse('preset-preview', args=['bounce'])}?v=abc" in api.get(reverse("new")).content.decode()


def test_the_studio_starts_with_the_sockets_first_snapshot(api: APIClient, project: Project) -> None:
    state = state_in(api.get(studio_of(project)).content.decode())
    assert state["revision"] == state["project"]["revision"] == 1
    assert state["project"]["id"] == str(project.pk)
    assert [len(frame["candidates"]) for frame in state["project"]["frames"]] == [2, 2, 2]
    assert [row["platform"] for row in state["exports"]] == ["slack"]
    assert state["previews"] == []
    assert state["frames_revision"] == 1


def test_the_studio_shows_the_newest_export_of_each_platform(api: APIClient, project: Project) -> None:
    old = project.exports.get()
    again = project.exports.create(job=project.jobs.filter(kind="generate").get(), platform="slack", revision=4)
    state = state_in(api.get(studio_of(project)).content.decode())
    assert [row["id"] for row in state["exports"]] == [str(again.pk)] != [str(old.pk)]


def test_the_studio_reads_no_export_that_it_does_not_show(api: APIClient, project: Project) -> None:
    old = project.exports.get()
    for index in range(30):
        job = Job.objects.create(project=project, kind="export", status="cancelled", revision=1)
        project.exports.create(job=job, platform="slack" if index % 2 else "gif", status="cancelled", revision=1)
    read: list[Export] = []
    count = lambda instance, **_: read.append(instance)  # noqa: E731
    post_init.connect(count, sender=Export)
    try:
        state = state_in(api.get(studio_of(project)).content.decode())
    finally:
        post_init.disconnect(count, sender=Export)
    assert {row["platform"] for row in state["exports"]} == {"slack", "gif"}
    assert str(old.pk) not in {row["id"] for row in state["exports"]}
    assert len(read) == 2


def test_the_studio_has_a_card_for_each_platform(api: APIClient, project: Project) -> None:
    page = api.get(studio_of(project)).content.decode()
    for platform in PLATFORMS:
        assert f'data-testid="export-{platform}"' in page
    assert "128\N{NO-BREAK SPACE}kB" in page


def test_a_name_cannot_break_out_of_the_page(
    owner: User, api: APIClient, new_project: Callable[..., Project]
) -> None:
    project = new_project(owner, name="</script><script>alert(1)</script>")
    for address in ("/", studio_of(project)):
        assert "<script>alert" not in api.get(address).content.decode()


def test_pages_set_the_cookie_that_scripts_need_to_write(client: Client) -> None:
    assert "csrftoken" in client.get("/").cookies


@pytest.mark.parametrize("person", ["stranger", "staff"])
def test_a_stranger_finds_no_studio(
    person: str, request: pytest.FixtureRequest, project: Project, client_of: Callable[[User], APIClient]
) -> None:
    client = client_of(request.getfixturevalue(person))
    assert client.get(studio_of(project)).status_code == 404
    assert client.get(reverse("studio", args=[uuid4()])).status_code == 404


def test_a_missing_page_is_one_of_ours(api: APIClient) -> None:
    answer = api.get("/nowhere/")
    assert answer.status_code == 404
    assert "To my emojis" in answer.content.decode()


def test_somebody_who_is_not_signed_in_is_sent_to_log_in_and_back(client: Client, project: Project) -> None:
    for address in (reverse("new"), studio_of(project)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("name", ["home", "new", "healthz"])
def test_pages_are_only_read(name: str, api: APIClient) -> None:
    assert api.post(reverse(name)).status_code == 405


def test_health_is_public_and_asks_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_pages_are_not_cached(api: APIClient, project: Project) -> None:
    for address in ("/", reverse("new"), studio_of(project), "/healthz"):
        assert "no-store" in api.get(address)["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/emojis/", "home"),
        ("/emojis/new/", "new"),
        ("/login/", "account_login"),
        ("/signup/", "account_signup"),
        ("/accounts/", "account_email"),
        ("/api/", "api:root"),
    ],
)
def test_an_address_that_people_try_leads_to_the_page_it_means(address: str, page: str, client: Client) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, reverse(page))


def test_the_list_is_searched_and_leafed_through_without_a_script(
    owner: User, api: APIClient, new_project: Callable[..., Project]
) -> None:
    for number in range(25):
        _with_source(Project.objects.create(owner=owner, name=f"Fox {number}", tag_text="orange"))
    _with_source(Project.objects.create(owner=owner, name="Cat"))
    first = api.get("/", {"q": "orange fox", "kind": "drawn", "status": "odd"}).content.decode()
    assert "25 of your emojis fit" in first
    assert 'value="orange fox"' in first
    assert '<option value="drawn" selected>' in first
    assert "Fox 24" in first
    assert "Cat" not in first
    found = re.search(r'rel="next"\s+href="([^"]+)"', first)
    assert found
    second = api.get("/" + html.unescape(found[1])).content.decode()
    assert "25 of your emojis fit" in second
    assert ("Fox 0" in second, "Fox 24" in second, "Cat" in second) == (True, False, False)


def test_what_was_deleted_a_moment_ago_is_offered_to_its_owner_alone(
    api: APIClient, project: Project, stranger: User, client_of: Callable[[User], APIClient]
) -> None:
    api.delete(f"/api/v1/projects/{project.pk}/")
    page = api.get("/").content.decode()
    assert "Undo<span" in page.partition("<template")[0]
    assert 'data-testid="empty"' in page
    assert "Undo<span" not in client_of(stranger).get("/").content.decode().partition("<template")[0]


def test_a_new_motion_begins_with_ones_own_picture_alone(
    api: APIClient, project: Project, stranger: User, new_project: Callable[..., Project]
) -> None:
    Project.objects.update(matte="birefnet")
    page = api.get(reverse("new"), {"from": str(project.pk)}).content.decode()
    assert f'data-source-of="{project.pk}"' in page
    assert reverse("source-file", args=[project.source.pk, "picture"]) in page
    assert re.search(r'value="birefnet"[^>]*checked', page)
    for pk in (new_project(stranger).pk, "odd"):
        assert api.get(reverse("new"), {"from": str(pk)}).status_code == 404


def test_the_studio_offers_the_platform_first_that_its_person_used_last(
    api: APIClient, stranger: User, project: Project, new_project: Callable[..., Project]
) -> None:
    def offered() -> str:
        found = re.search(r'<quick-download[^>]*data-platform="(\w+)"', api.get(studio_of(project)).content.decode())
        assert found
        return found[1]

    new_project(stranger).exports.update(platform="webp")
    assert offered() == "slack"
    project.exports.update(platform="discord_emoji")
    assert offered() == "discord_emoji"
    project.exports.update(platform="icq")
    assert offered() == "slack", "a platform that there is no more"
