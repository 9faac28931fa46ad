from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from animations.actions.usage import usage_today
from animations.models import GpuCall


def call(user: User, key: str, **values: object) -> GpuCall:
    return GpuCall.objects.create(user=user, key=key, task="rembg", status="succeeded", **values)


def test_what_a_person_spent_today_is_added_up(owner: User, settings: Settings) -> None:
    settings.GPU_SECONDS_PER_DAY = 77
    call(owner, "a", execution_ms=900, cost_usd=Decimal("0.5"))
    call(owner, "b", execution_ms=1100, cost_usd=Decimal("0.25"))
    usage = usage_today(owner)
    assert usage["day"] == datetime.now(UTC).date().isoformat()
    assert (usage["calls"], usage["gpu_seconds"], usage["cost_usd"]) == (2, 2.0, 0.75)
    assert usage["limit_seconds"] == 77


def test_who_has_asked_nothing_has_spent_nothing(owner: User) -> None:
    usage = usage_today(owner)
    assert (usage["calls"], usage["gpu_seconds"], usage["cost_usd"]) == (0, 0.0, 0.0)


def test_others_calls_and_those_of_yesterday_do_not_count(owner: User, stranger: User) -> None:
    call(stranger, "theirs", execution_ms=500)
    old = call(owner, "old", execution_ms=500)
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    GpuCall.objects.filter(pk=old.pk).update(created_at=midnight - timedelta(seconds=1))
    assert usage_today(owner)["calls"] == 0
    GpuCall.objects.filter(pk=old.pk).update(created_at=midnight)
    assert usage_today(owner)["calls"] == 1
