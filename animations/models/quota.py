"""The quotas: what a person has used of the GPU today and what is reserved for calls under way; what they store."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Least
from django.utils import timezone

from animations.models.gpu.calls import GpuCall
from animations.models.job import Job
from animations.models.project import Project
from animations.models.users.guest import Guest

QUOTA_EXCEEDED: Final = "Your GPU time for today is used up; it starts anew at 00:00 UTC."
_CHARGED: Final = Case(
    When(cost_is_estimate=True, then=Least("execution_ms", "estimate_ms")), default=F("execution_ms")
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A person's projects and the bytes of their files, as counted when one was made, then whenever it is swept."""

    projects: int
    bytes: int


def stored_by(user_id: Any) -> Stored:
    """Return what a person stores, in one query."""
    shown = Project.objects.filter(owner_id=user_id, trashed_at=None)
    found = shown.aggregate(projects=Count("pk"), bytes=Sum("stored_bytes"))
    return Stored(found["projects"], found["bytes"] or 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may have: projects, bytes of files, and ms of GPU time a day."""

    projects: int
    bytes: int
    gpu_ms: int


GUEST_LIMITS: Final = Limits(projects=3, bytes=200_000_000, gpu_ms=180_000)
"""For who has no account; never more than an account has."""


def limits_of(user_id: Any) -> Limits:
    """Return the limits of a person, or of a guest."""
    account = Limits(
        settings.PROJECTS_PER_PERSON, settings.STORAGE_MB_PER_PERSON * 1_000_000, settings.GPU_SECONDS_PER_DAY * 1000
    )
    if not Guest.objects.filter(pk=user_id).exists():
        return account
    return Limits(*map(min, astuple(account), astuple(GUEST_LIMITS)))


@dataclass(frozen=True, slots=True)
class Usage:
    """A person's day in ms of GPU time.

    `spent`: execution of calls that succeeded, and of those that were cancelled because the person cancelled the job
    or deleted the project. Not counted are calls that failed (a person can only make single frames fail, not a call)
    and those that we cancelled ourselves, such as the loser of two calls for the same frames. `reserved`: what calls
    under way are expected to execute.

    Where a row's time is only the most that is possible, the person is charged no more than was reserved: that an
    endpoint is slow or does not answer is not their doing.
    """

    spent_ms: int
    reserved_ms: int

    @property
    def committed_ms(self) -> int:
        return self.spent_ms + self.reserved_ms


def day_start() -> datetime:
    """Return the last midnight, UTC."""
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def day_end() -> datetime:
    """Return the next midnight, UTC, when the day's time starts anew."""
    return day_start() + timedelta(days=1)


def usage_today(user_id: Any) -> Usage:
    """Return a person's use of today, in one query. A call belongs to the day on which its row was made.

    A call whose job is over is not under way, whatever its row says: no run waits for it. But one that was sent for a
    job that its person has ended, and that no run lived to cancel, counts against them.
    """
    by_person = Q(job__status=Job.Status.CANCELLED) | Q(job__isnull=True)
    left_behind = Q(status=GpuCall.Status.SUBMITTED, sent_at__isnull=False) & by_person
    under_way = Q(status__in=GpuCall.LIVE, job__status__in=Job.LIVE) | left_behind
    paid = Q(status=GpuCall.Status.SUCCEEDED) | (Q(status=GpuCall.Status.CANCELLED) & by_person)
    total = (
        GpuCall.objects.filter(user_id=user_id, created_at__gte=day_start())
        .order_by()
        .aggregate(
            spent=Sum(_CHARGED, filter=paid),
            reserved=Sum("estimate_ms", filter=under_way),
        )
    )
    return Usage(total["spent"] or 0, total["reserved"] or 0)
