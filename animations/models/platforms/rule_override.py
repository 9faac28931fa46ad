"""Rules of platforms that staff have set to other values than the table's."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import models, transaction

from animations.encode.platforms import PLATFORMS, Platform
from animations.encode.platforms.overrides import RULES, BadRule, Value, value_of, with_values
from animations.models.export import Export

logger = logging.getLogger(__name__)


class RuleOverride(models.Model):
    """One rule of a platform with another value than in `encode.platforms.table`, until it is deleted."""

    platform = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    """One of `overrides.RULES`."""
    value = models.JSONField(null=True)
    """As `overrides.Value`; None is "no rule"."""
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["platform", "rule"]
        verbose_name = "platform rule"
        constraints = [models.UniqueConstraint(fields=["platform", "rule"], name="rule_overridden_once")]

    def __str__(self) -> str:
        return f"{self.platform}: {self.rule}"


def set_rules(slug: str, values: Mapping[str, Value], changed_by: Any) -> list[str]:
    """Give rules of a platform these values from now on, and return those that changed.

    A value that is the table's own ends the override. Raises `BadRule`, and then nothing is changed.
    """
    default = PLATFORMS[slug]
    with transaction.atomic():
        rows = RuleOverride.objects.filter(platform=slug)
        old = _existing(slug, {row.rule: row.value for row in rows})
        with_values(default, old | dict(values))
        changed = [rule for rule, value in values.items() if value != old.get(rule, value_of(default, rule))]
        for rule in changed:
            if values[rule] == value_of(default, rule):
                rows.filter(rule=rule).delete()
            else:
                columns = {"value": values[rule], "changed_by": changed_by}
                RuleOverride.objects.update_or_create(platform=slug, rule=rule, defaults=columns)
        if changed:
            _expire_exports(slug)
    return changed


def _expire_exports(slug: str) -> None:
    """Let no file that keeps other rules pass for what would be made now, nor one that is made at this moment."""
    made = (Export.Status.QUEUED, Export.Status.RUNNING, Export.Status.SUCCEEDED)
    Export.objects.filter(platform=slug, status__in=made).update(frames_digest="", frames_revision=0)


def platforms_in_use() -> dict[str, Platform]:
    """Return all platforms by slug with the rules as they are now, in one query."""
    rows = RuleOverride.objects.order_by("platform", "rule")
    by_platform = groupby(rows, key=attrgetter("platform"))
    changed = {slug: _changed(slug, *_frozen(group)) for slug, group in by_platform if slug in PLATFORMS}
    return PLATFORMS | changed


def times_of_changes() -> dict[str, datetime]:
    """Return by platform when staff have last changed its rules, where they are changed."""
    return dict(RuleOverride.objects.order_by("changed_at").values_list("platform", "changed_at"))


def _frozen(rows: Iterable[RuleOverride]) -> tuple[tuple[str, Any], ...]:
    return tuple((row.rule, tuple(row.value) if isinstance(row.value, list) else row.value) for row in rows)


@lru_cache(maxsize=2 * len(PLATFORMS))
def _changed(slug: str, *values: tuple[str, Any]) -> Platform:
    """Return a platform with these values; as in the table where that contradicts them since a later release."""
    try:
        return with_values(PLATFORMS[slug], _existing(slug, dict(values)))
    except (BadRule, TypeError):
        logger.warning("The rules that staff have set for %s contradict its other rules and are left out.", slug)
        return PLATFORMS[slug]


def _existing(slug: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of rules that there are, and say in the log which others a later release has removed."""
    for rule in values.keys() - RULES.keys():
        logger.warning("Staff have set “%s” for %s, which is no rule any more: it is left out.", rule, slug)
    return {rule: value for rule, value in values.items() if rule in RULES}
