"""The list on which staff order, copy, publish and watch presets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from animations.models import Preset
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews
from tests.admin.preset_forms import LIST, change_url, run_action


def order() -> list[str]:
    return list(Preset.objects.order_by("position").values_list("slug", flat=True))


def test_the_list_shows_each_preset_with_its_moving_preview(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", preview="presets/x.webp", tags=["happy", "classic"])
    Preset.objects.update(preview_of=preset.preview_digest())
    make_preset("spin")
    page = staff_client.get(LIST).content.decode()
    assert f'<img src="/media/presets/bounce/?v={preset.preview_digest()}"' in page
    assert "happy, classic" in page
    assert len(re.findall(r"<preset-preview[^>]* stale>", page)) == 1


def test_words_of_the_motion_find_a_preset(staff_client: Client, make_preset: MakePreset) -> None:
    make_preset("bounce")
    make_preset("whirl", "spin", active=False)
    assert "Whirl" in staff_client.get(LIST, {"q": "spin"}).content.decode()
    assert "Whirl" not in staff_client.get(LIST, {"active__exact": "1"}).content.decode()


def test_the_list_asks_as_little_for_thirty_presets_as_for_three(
    staff_client: Client, make_preset: MakePreset, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_preset(f"p{number}")
    with django_assert_max_num_queries(8):
        staff_client.get(LIST)


def test_duplicating_one_preset_leads_to_its_form(staff_client: Client, make_preset: MakePreset) -> None:
    answer = run_action(staff_client, "duplicate", make_preset("bounce"))
    copy = Preset.objects.get(slug="bounce-copy")
    assert answer.url == change_url(copy)
    assert "Copy of Bounce" in staff_client.get(answer.url).content.decode()


def test_duplicating_several_presets_stays_on_the_list(staff_client: Client, make_preset: MakePreset) -> None:
    answer = run_action(staff_client, "duplicate", make_preset("bounce"), make_preset("spin"))
    assert answer.url.startswith(LIST)
    assert Preset.objects.filter(active=False).count() == 2


def test_presets_are_published_and_unpublished(staff_client: Client, make_preset: MakePreset) -> None:
    hidden, shown = make_preset("bounce", active=False), make_preset("spin")
    run_action(staff_client, "publish", hidden)
    run_action(staff_client, "unpublish", shown)
    assert [preset.slug for preset in Preset.objects.active()] == ["bounce"]


def test_presets_are_ordered_by_the_numbers_in_the_list(staff_client: Client, make_preset: MakePreset) -> None:
    rows = {f"form-{place}-id": make_preset(slug).pk for place, slug in enumerate("abc")}
    numbers = {"form-0-position": 1, "form-1-position": 2, "form-2-position": 1}
    counts = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 3}
    staff_client.post(LIST, rows | numbers | counts | {"_save": "Save"})
    assert order() == ["c", "a", "b"]
    assert sorted(Preset.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_the_preview_of_a_chosen_preset_is_drawn_again(
    staff_client: Client,
    make_preset: MakePreset,
    queued_previews: QueuedPreviews,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_action(staff_client, "redraw", make_preset("bounce"))
    assert queued_previews() == ["bounce"]


def test_the_states_of_all_previews_are_listed(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", preview="presets/x.webp", preview_of="old")
    other = make_preset("spin")
    states = staff_client.get(reverse("admin:animations_preset_previews")).json()
    assert states == {
        str(preset.pk): {"src": "/media/presets/bounce/?v=old", "fresh": False},
        str(other.pk): {"src": "", "fresh": False},
    }


def test_staff_who_may_only_view_change_nothing(make_preset: MakePreset) -> None:
    preset = make_preset("bounce")
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_preset"))
    client = Client()
    client.force_login(reader)
    assert client.get(LIST).status_code == 200
    assert client.get(reverse("admin:animations_preset_previews")).status_code == 200
    assert 'name="form-0-position"' not in client.get(LIST).content.decode()
    run_action(client, "unpublish", preset)
    preset.refresh_from_db()
    assert preset.active


@pytest.mark.parametrize("name", ["reading", "previews"])
def test_strangers_get_nothing_from_the_modules_addresses(db: None, name: str) -> None:
    user = User.objects.create_user("somebody", is_staff=True)
    client = Client()
    address = reverse(f"admin:animations_preset_{name}")
    ask = client.post if name == "reading" else client.get
    assert ask(address).status_code == 302
    client.force_login(user)
    assert ask(address).status_code == 403
