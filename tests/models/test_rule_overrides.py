from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from animations.actions.export import export
from animations.actions.previews import preview
from animations.encode.platforms import PLATFORMS
from animations.encode.platforms.overrides import BadRule
from animations.models import Project, RuleOverride, platforms_in_use
from animations.models.platforms.rule_override import set_rules, times_of_changes
from tests.actions.conftest import finish_export

pytestmark = pytest.mark.django_db


def test_a_changed_rule_is_in_use_at_once_with_who_changed_it(staff: User, django_assert_num_queries: Any) -> None:
    assert platforms_in_use() == PLATFORMS
    assert set_rules("slack", {"bytes_max": 64_000, "frames_max": 50}, staff) == ["bytes_max"]
    with django_assert_num_queries(1):
        in_use = platforms_in_use()
    assert in_use["slack"].bytes_max == 64_000
    assert {slug for slug in PLATFORMS if in_use[slug] != PLATFORMS[slug]} == {"slack"}
    row = RuleOverride.objects.get()
    assert (row.rule, row.value, row.changed_by) == ("bytes_max", 64_000, staff)
    assert times_of_changes() == {"slack": row.changed_at}


def test_who_changed_a_rule_stays_until_it_is_changed_again(staff: User, owner: User) -> None:
    set_rules("slack", {"bytes_max": 64_000}, staff)
    assert set_rules("slack", {"bytes_max": 64_000, "loops": [1, 4]}, owner) == ["loops"]
    assert dict(RuleOverride.objects.values_list("rule", "changed_by")) == {"bytes_max": staff.pk, "loops": owner.pk}
    assert platforms_in_use()["slack"].loops == (1, 4)


def test_the_tables_own_value_ends_the_change(staff: User) -> None:
    set_rules("slack", {"bytes_max": None}, staff)
    assert platforms_in_use()["slack"].bytes_max is None
    assert set_rules("slack", {"bytes_max": 128_000}, staff) == ["bytes_max"]
    assert (RuleOverride.objects.count(), platforms_in_use()) == (0, PLATFORMS)


def test_a_change_that_contradicts_another_changes_nothing(staff: User) -> None:
    set_rules("line_emoji", {"frames_min": 10}, staff)
    with pytest.raises(BadRule):
        set_rules("line_emoji", {"frames_max": 8, "bytes_max": 200_000}, staff)
    assert platforms_in_use()["line_emoji"].bytes_max == 300_000


def test_rows_that_contradict_a_later_table_are_left_out(staff: User) -> None:
    RuleOverride.objects.create(platform="slack", rule="frames_min", value=60)
    RuleOverride.objects.create(platform="gif", rule="unknown", value=1)
    RuleOverride.objects.create(platform="gone", rule="bytes_max", value=1)
    assert platforms_in_use() == PLATFORMS


def test_a_rule_that_is_none_any_more_leaves_the_others_in_use(staff: User, caplog: pytest.LogCaptureFixture) -> None:
    RuleOverride.objects.create(platform="slack", rule="removed_since", value=1)
    assert set_rules("slack", {"bytes_max": 64_000}, staff) == ["bytes_max"]
    assert "“removed_since” for slack, which is no rule any more" in caplog.text
    assert platforms_in_use()["slack"].bytes_max == 64_000


def test_files_of_other_rules_pass_for_none_that_would_be_made_now(project: Project, staff: User) -> None:
    finish_export(looked_at := preview(project, "slack"))
    finish_export(other := export(project, ["gif"])[0])
    assert preview(project, "slack") == looked_at
    assert set_rules("slack", {"bytes_max": 128_000}, staff) == []
    assert preview(project, "slack") == looked_at, "nothing has changed"
    set_rules("slack", {"bytes_max": 64_000}, staff)
    looked_at.refresh_from_db()
    assert (looked_at.frames_revision, preview(project, "slack") == looked_at) == (0, False)
    other.refresh_from_db()
    assert other.frames_revision > 0
