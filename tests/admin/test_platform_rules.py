from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from animations.admin.platform_rules import RulesForm
from animations.encode.platforms import PLATFORMS
from animations.models import RuleOverride, platforms_in_use

PAGE = reverse("admin:animations_ruleoverride_changelist")


def send(client: Client, slug: str, **texts: str) -> Any:
    """Send the whole form of a platform, as the page does, with these texts in it."""
    return client.post(PAGE, {"platform": slug, **RulesForm(PLATFORMS[slug], {}).initial, **texts}, follow=True)


def test_a_rule_is_changed_shown_beside_its_default_and_undone_by_a_click(staff_client: Client) -> None:
    page = send(staff_client, "slack", bytes_max="64,000", width="96", height="96").content.decode()
    assert "changed largest width, px, largest height, px, bytes at most" in page
    assert "<td>128000</td>" in page
    assert page.index('value="Save"') < page.index('name="undo"'), "Enter in a field saves"
    assert 'value="64000"' in page
    assert "staff, 20" in page
    slack = platforms_in_use()["slack"]
    assert (slack.bytes_max, slack.pixels.width) == (64_000, 96)
    staff_client.post(PAGE, {"platform": "slack", "undo": "width"})
    assert platforms_in_use()["slack"].pixels == PLATFORMS["slack"].pixels, "a size goes back as a whole"
    page = staff_client.post(PAGE, {"platform": "slack", "undo": "all"}, follow=True).content.decode()
    assert (RuleOverride.objects.count(), "3 changed" in page) == (0, False)


def test_a_value_that_cannot_be_is_refused_in_words_and_stays_in_its_field(staff_client: Client) -> None:
    page = send(staff_client, "slack", bytes_max="128 kB", fps_max="30").content.decode()
    assert "“128 kB” is no whole number from 1000 to 100000000." in page
    assert 'value="128 kB"' in page
    assert "Fewer frames at most than at least." in send(staff_client, "slack", frames_min="60").content.decode()
    assert RuleOverride.objects.count() == 0


def test_all_rules_are_shown_with_three_queries_more_than_none(
    staff_client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        page = staff_client.get(PAGE).content.decode()
    assert all(platform.label in page for platform in PLATFORMS.values())


@pytest.mark.parametrize("sent", [{"platform": "slack", "undo": "all"}, {"platform": "myspace"}, {}])
def test_who_may_not_change_rules_changes_none(owner: User, staff_client: Client, sent: dict[str, str]) -> None:
    assert sent.get("platform") == "slack" or staff_client.post(PAGE, sent).status_code == 403
    owner.is_staff = True
    owner.save()
    reader = Client()
    reader.force_login(owner)
    assert reader.get(PAGE).status_code == 403
    owner.user_permissions.add(Permission.objects.get(codename="view_ruleoverride"))
    page = reader.get(PAGE)
    assert (page.status_code, 'value="Save"' in page.content.decode()) == (200, False)
    assert reader.post(PAGE, sent).status_code == 403


def test_a_rule_that_is_none_any_more_is_named_and_hinders_nothing(staff_client: Client) -> None:
    RuleOverride.objects.create(platform="slack", rule="removed_later", value=1)
    page = send(staff_client, "slack", bytes_max="64,000").content.decode()
    assert "No rules any more, and left out: slack: removed_later." in page
    assert platforms_in_use()["slack"].bytes_max == 64_000
