"""The quota: describe what a person has of emojis, files, jobs and GPU time, and refuse what goes beyond it."""

from __future__ import annotations

from math import ceil
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from animations.actions.errors import ActionError
from animations.models import GpuCall, Job
from animations.models.quota import (
    QUOTA_EXCEEDED,
    day_end,
    day_start,
    limits_of,
    stored_by,
    usage_today,
)
from animations.payloads import UsagePayload, format_time, sum_gpu_use

MAX_LIVE_JOBS: Final = 50
"""Jobs of one person that are queued or running."""
EXPORT_RESERVE: Final = 100_000_000
"""Bytes that a person's exports, previews and packs may take beyond the limit: what is finished can be fetched."""
RETRY_AFTER_SECONDS: Final = 10


class QuotaExceeded(ActionError):
    """The day's GPU time is used up. `wait` is the number of seconds until there is more."""

    def __init__(self, wait: int) -> None:
        super().__init__("limit_reached", QUOTA_EXCEEDED, status=429, wait=wait)


def usage_payload(user: AbstractBaseUser) -> UsagePayload:
    """Describe the calls of the current UTC day. `gpu_seconds` is the workers' own execution time of all of them.

    Against the limit count `spent_seconds` (of those that succeeded, or that the person ended) and `reserved_seconds`
    (of calls under way, as expected).
    """
    use = sum_gpu_use(GpuCall.objects.filter(user_id=user.pk, created_at__gte=day_start()))
    spent, stored, limits = usage_today(user.pk), stored_by(user.pk), limits_of(user.pk)
    return {
        "day": day_start().date().isoformat(),
        "calls": use["calls"],
        "gpu_seconds": use["execution_ms"] / 1000,
        "cost_usd": use["cost_usd"],
        "limit_seconds": limits.gpu_ms // 1000,
        "spent_seconds": spent.spent_ms / 1000,
        "reserved_seconds": spent.reserved_ms / 1000,
        "projects": stored.projects,
        "projects_limit": limits.projects,
        "stored_bytes": stored.bytes,
        "stored_bytes_limit": limits.bytes,
        "live_jobs": count_live_jobs(user.pk),
        "live_jobs_limit": MAX_LIVE_JOBS,
        "resets_at": format_time(day_end()) or "",
    }


def check_gpu_time(user: AbstractBaseUser) -> None:
    """Refuse early what the ledger would refuse later: to be called before a job that needs the GPU is written.

    Raises `QuotaExceeded` (429, `limit_reached`, with the seconds to wait).
    """
    if usage_today(user.pk).committed_ms >= limits_of(user.pk).gpu_ms:
        raise QuotaExceeded(max(1, ceil((day_end() - timezone.now()).total_seconds())))


def check_projects(user: AbstractBaseUser, more: int = 1) -> None:
    """Raise `ActionError` (403) when a person may not have so many more projects."""
    most, stored = limits_of(user.pk).projects, stored_by(user.pk).projects
    if stored + more > most:
        if hasattr(user, "guest"):
            detail = f"{most} emojis are the most without an account. Sign up to make more; these are kept."
        elif stored >= most:
            detail = f"You have {most} emojis, the most for one person. Delete some first."
        else:
            room = most - stored
            detail = f"There is room for {room} more emojis, and these are {more}. Delete some first."
        raise ActionError("too_many_projects", detail, status=403)


def check_stored(user_id: Any, more_bytes: int = 0) -> None:
    """Raise `ActionError` (403) when a person's files would take more than they may."""
    most = limits_of(user_id).bytes
    if stored_by(user_id).bytes + more_bytes > most:
        detail = f"Your emojis take {most // 1_000_000} MB, the most for one person. Delete some first."
        raise ActionError("storage_full", detail, status=403)


def check_live_jobs(user_id: Any, more: int = 1) -> None:
    """Raise `ActionError` (429) when a person may not have so many more jobs now."""
    if count_live_jobs(user_id) + more > MAX_LIVE_JOBS:
        detail = f"{MAX_LIVE_JOBS} jobs of yours are under way, the most at once. Wait until one is finished."
        raise ActionError("too_many_jobs", detail, status=429, wait=RETRY_AFTER_SECONDS)


def count_live_jobs(user_id: Any) -> int:
    """Count a person's live jobs, without previews: nobody has asked for those."""
    return Job.objects.live().filter(project__owner_id=user_id).exclude(kind=Job.Kind.PREVIEW).count()
