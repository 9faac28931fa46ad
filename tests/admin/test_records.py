"""Projects, jobs, GPU calls, exports and endpoints: seen, searched, linked, never changed, at a fixed price."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from animations.models import EmojiSet, EndpointState, Export, GpuCall, IdempotencyKey, Job, Project
from animations.work.cleanup import deleted_people
from animations.work.cleanup.deleted_people import delete_people
from tests.models.pack_files import finished_pack

MakeEmoji = Callable[[User, str], Project]
RECORDS = ("project", "job", "gpucall", "export", "pack", "emojiset", "endpointstate")


def listing(model: str) -> str:
    return reverse(f"admin:animations_{model}_changelist")


def page(model: str, key: Any) -> str:
    return reverse(f"admin:animations_{model}_change", args=[key])


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("ada", "ada@example.com")


@pytest.fixture
def emoji(owner: User, make_emoji: MakeEmoji) -> Project:
    return make_emoji(owner, "Waving cat")


@pytest.fixture
def endpoint(db: None) -> EndpointState:
    return EndpointState.objects.create(endpoint="local", workers={"ready": 1, "running": 0}, info={"rembg": True})


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, address: str) -> list[str]:
    return re.findall(r'<th class="field-\w+"', text(client, address))


@pytest.mark.parametrize("model", RECORDS)
def test_nobody_adds_changes_or_deletes_a_record(
    staff_client: Client, emoji: Project, endpoint: EndpointState, model: str
) -> None:
    cats = EmojiSet.objects.create(owner=emoji.owner, name="Cats")
    rows = {
        "project": emoji,
        "job": Job.objects.get(kind="generate"),
        "gpucall": GpuCall.objects.get(),
        "export": Export.objects.get(),
        "pack": finished_pack(cats, emoji),
        "emojiset": cats,
        "endpointstate": endpoint,
    }
    key = rows[model].pk
    assert staff_client.get(reverse(f"admin:animations_{model}_add")).status_code == 403
    assert staff_client.post(page(model, key), {"name": "changed"}).status_code == 403
    assert staff_client.post(reverse(f"admin:animations_{model}_delete", args=[key])).status_code == 403
    shown = text(staff_client, page(model, key))
    assert 'name="_save"' not in shown
    assert "<input" not in shown.partition('id="content"')[2].replace('<input type="hidden"', "")


@pytest.mark.parametrize("model", RECORDS)
def test_a_long_list_asks_the_database_as_often_as_a_short_one(
    staff_client: Client, owner: User, make_emoji: MakeEmoji, model: str
) -> None:
    def price() -> int:
        with CaptureQueriesContext(connection) as asked:
            text(staff_client, listing(model))
        return len(asked)

    def add(number: int) -> None:
        for index in range(number):
            name = f"emoji {Project.objects.count()}"
            make_emoji(User.objects.create_user(name, f"{index}@{Project.objects.count()}.example"), name)
            EndpointState.objects.create(endpoint=name)
            EmojiSet.objects.create(owner=User.objects.get(username=name), name=name)

    add(3)
    price()  # the first page fills Django's own caches
    short = price()
    add(27)
    assert price() == short


def test_the_page_of_a_project_asks_as_often_for_many_frames_as_for_few(staff_client: Client, emoji: Project) -> None:
    def price() -> int:
        with CaptureQueriesContext(connection) as asked:
            text(staff_client, page("project", emoji.pk))
        return len(asked)

    price()
    few = price()
    for index in range(3, 30):
        emoji.frames.create(generation=1, index=index, delay_ms=80, revision=1)
    assert price() == few


def test_a_project_leads_to_its_owner_jobs_calls_and_exports(staff_client: Client, emoji: Project) -> None:
    shown = text(staff_client, page("project", emoji.pk))
    assert reverse("admin:auth_user_change", args=[emoji.owner_id]) in shown
    for model in ("job", "gpucall", "export"):
        assert f'<a href="{listing(model)}?q={emoji.pk}">1</a>' in shown
        assert len(rows(staff_client, f"{listing(model)}?q={emoji.pk}")) == 1


def test_a_set_is_found_by_its_owner_and_leads_to_its_projects_and_packs(
    staff_client: Client, emoji: Project, make_emoji: MakeEmoji
) -> None:
    make_emoji(emoji.owner, "No member")
    cats = EmojiSet.objects.create(owner=emoji.owner, name="Cats", cover=emoji)
    Project.objects.filter(pk=emoji.pk).update(emoji_set=cats)
    finished_pack(cats, emoji)
    assert len(rows(staff_client, f"{listing('emojiset')}?q=ada@example.com")) == 1
    assert len(rows(staff_client, f"{listing('emojiset')}?q=bob@example.com")) == 0
    shown = text(staff_client, page("emojiset", cats.pk))
    assert reverse("admin:auth_user_change", args=[emoji.owner_id]) in shown
    assert page("project", emoji.pk) in shown
    for model in ("project", "pack"):
        assert f'<a href="{listing(model)}?q={cats.pk}">1</a>' in shown
        assert len(rows(staff_client, f"{listing(model)}?q={cats.pk}")) == 1
    assert page("emojiset", cats.pk) in text(staff_client, page("project", emoji.pk))


def test_a_job_leads_to_its_project_and_its_calls(staff_client: Client, emoji: Project) -> None:
    job = Job.objects.get()
    shown = text(staff_client, page("job", job.pk))
    assert page("project", emoji.pk) in shown
    assert f"{listing('gpucall')}?q={job.pk}" in shown
    assert "1.2 s" in shown
    assert page("job", job.pk) in text(staff_client, page("gpucall", GpuCall.objects.get().pk))
    assert page("job", job.pk) in text(staff_client, page("export", Export.objects.get().pk))


def test_two_jobs_do_not_multiply_two_calls(staff_client: Client, emoji: Project) -> None:
    Job.objects.create(project=emoji, kind="retry", status="failed", revision=1)
    GpuCall.objects.create(project=emoji, key="k2", task="rembg", status="failed")
    shown = text(staff_client, page("project", emoji.pk))
    assert f'{listing("job")}?q={emoji.pk}">2</a>' in shown
    assert f'{listing("gpucall")}?q={emoji.pk}">2</a>' in shown


def test_the_current_frames_show_their_failures_with_reasons(staff_client: Client, emoji: Project) -> None:
    emoji.frames.create(generation=0, index=40, delay_ms=4321, revision=1)
    shown = text(staff_client, page("project", emoji.pk))
    assert shown.count("too dark") == 3
    assert "<p>80</p>" in shown
    assert "<p>4321</p>" not in shown  # an id may hold the digits


@pytest.mark.parametrize(
    ("model", "query", "hits"),
    [
        ("project", "waving", 1),
        ("project", "ada@example.com", 1),
        ("project", "nobody@example.com", 0),
        ("job", "ada@example.com", 1),
        ("gpucall", "waving", 1),
        ("export", "waving", 1),
    ],
)
def test_records_are_found_by_name_and_owner(
    staff_client: Client, emoji: Project, model: str, query: str, hits: int
) -> None:
    assert len(rows(staff_client, f"{listing(model)}?q={query}")) == hits


@pytest.mark.parametrize(
    ("model", "filters"),
    [
        ("project", "status__exact=draft"),
        ("job", "status__exact=succeeded&kind__exact=generate"),
        ("gpucall", "task=rembg&status__exact=succeeded"),
        ("export", "status__exact=queued&platform=slack"),
    ],
)
def test_records_are_filtered(staff_client: Client, emoji: Project, model: str, filters: str) -> None:
    assert len(rows(staff_client, f"{listing(model)}?{filters}")) == 1
    assert len(rows(staff_client, f"{listing(model)}?created_at__year=1999")) == 0


def test_no_private_picture_and_no_idempotency_key_is_shown(staff_client: Client, emoji: Project) -> None:
    shown = text(staff_client, page("project", emoji.pk)) + text(
        staff_client, page("export", Export.objects.get().pk)
    )
    assert "/media/" not in shown
    IdempotencyKey.objects.create(user=emoji.owner, route="r", key="secret", body_digest="d")
    assert "dempotency" not in text(staff_client, reverse("admin:index"))


def test_an_export_names_the_rules_it_broke(staff_client: Client, emoji: Project) -> None:
    shown = text(staff_client, listing("export"))
    assert "1,024" in shown
    assert '<td class="field-broken_rules">bytes</td>' in shown


def test_an_endpoint_shows_its_last_known_state(staff_client: Client, endpoint: EndpointState) -> None:
    assert "1 ready, 0 running" in text(staff_client, listing("endpointstate"))


def test_a_person_who_made_emoji_is_signed_out_and_then_deleted_with_them(
    staff_client: Client, emoji: Project
) -> None:
    owner = emoji.owner
    theirs = Client()
    theirs.force_login(owner)
    assert theirs.get("/api/v1/projects/").status_code == 200
    assert f"owner__id__exact={owner.pk}" in text(staff_client, reverse("admin:auth_user_changelist"))
    delete = reverse("admin:auth_user_delete", args=[owner.pk])
    assert "with 1 emoji" in text(staff_client, delete)
    assert staff_client.post(delete, {"post": "yes"}).status_code == 302
    assert theirs.get("/api/v1/projects/").status_code == 401
    assert "within minutes" in text(staff_client, reverse("admin:auth_user_changelist"))
    assert delete_people() == 1
    assert not Project.objects.exists()
    assert not User.objects.filter(pk=owner.pk).exists()
    assert GpuCall.objects.get().user is None


def test_a_person_with_many_emoji_goes_in_several_turns(
    staff_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Project.objects.bulk_create(Project(owner=owner, name=str(number)) for number in range(3))
    monkeypatch.setattr(deleted_people, "MAX_SECONDS", 0)
    marked = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    with CaptureQueriesContext(connection) as queries:
        assert staff_client.post(reverse("admin:auth_user_changelist"), marked).status_code == 302
    assert len(queries) < 40
    assert Project.objects.count() == 3
    assert [(delete_people(), Project.objects.count()) for _ in range(4)] == [(0, 2), (0, 1), (1, 0), (0, 0)]


def test_the_admin_wears_our_name_and_colours(staff_client: Client) -> None:
    shown = text(staff_client, reverse("admin:index"))
    assert "css/admin/admin.css" in shown
    assert "Django administration" not in shown
    assert " style=" not in shown
    assert "<script>" not in shown


def test_an_amount_that_is_only_the_most_possible_is_marked(staff_client: Client, db: None) -> None:
    values = {"task": "rembg", "status": "failed", "execution_ms": 30_000, "cost_usd": "0.0093"}
    GpuCall.objects.create(key="a", **values)
    estimate = GpuCall.objects.create(key="b", cost_is_estimate=True, **values)
    listed = text(staff_client, listing("gpucall"))
    assert re.findall(r'field-execution">([^<]*)<', listed) == ["≤ 30.0 s", "30.0 s"]
    assert re.findall(r'field-cost">([^<]*)<', listed) == ["≤ $0.0093", "$0.0093"]
    assert "the most that is possible" in text(staff_client, page("gpucall", estimate.pk))
