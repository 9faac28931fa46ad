"""What a person has spent on the GPU today, and what is set aside for calls that are under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Least
from django.utils import timezone

from animations.models.gpu import GpuCall
from animations.models.job import Job

QUOTA_EXCEEDED: Final = "Your GPU time for today is used up; it starts anew at 00:00 UTC."
_UNDER_WAY: Final = (
    GpuCall.Status.PREPARED,
    GpuCall.Status.SENDING,
    GpuCall.Status.SUBMITTED,
    GpuCall.Status.UNCERTAIN,
)
_CHARGED: Final = Case(
    When(cost_is_estimate=True, then=Least("execution_ms", "estimate_ms")), default=F("execution_ms")
)


@dataclass(frozen=True, slots=True)
class Usage:
    """A person's day in ms of GPU time.

    `spent`: execution of calls that succeeded, and of those that were called off because the person cancelled the job
    or deleted the project. Given back is what failed (a person can only make single frames fail, not a call) and what
    we have called off ourselves, such as the loser of two calls for the same frames. `reserved`: what calls under way
    are expected to take.

    Where a row's time is only the most that is possible, the person is charged no more of it than was set aside: that
    an endpoint is slow or does not answer is not their doing.
    """

    spent_ms: int
    reserved_ms: int

    @property
    def committed_ms(self) -> int:
        return self.spent_ms + self.reserved_ms


def limit_ms() -> int:
    """What one person may use a day."""
    return round(settings.GPU_SECONDS_PER_DAY * 1000)


def day_start() -> datetime:
    """The last midnight, UTC."""
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def day_end() -> datetime:
    """The next midnight, UTC: when the day's time starts anew."""
    return day_start() + timedelta(days=1)


def usage_today(user_id: Any) -> Usage:
    """In one query. A call belongs to the day on which its row was made.

    A call whose job is over is not under way, whatever its row says: nobody is left to hear of it. But one that was
    sent for a job that its person has ended, and that no run lived to call off, is held against them.
    """
    by_person = Q(job__status=Job.Status.CANCELLED) | Q(job__isnull=True)
    left_behind = Q(status=GpuCall.Status.SUBMITTED, sent_at__isnull=False) & by_person
    under_way = Q(status__in=_UNDER_WAY, job__status__in=Job.LIVE) | left_behind
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
