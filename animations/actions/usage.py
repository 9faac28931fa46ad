"""What a person has spent on the GPU today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from animations.models import GpuCall
from animations.payloads import gpu_use


class UsagePayload(TypedDict):
    day: str
    calls: int
    gpu_seconds: float
    cost_usd: float
    limit_seconds: int


def usage_today(user: AbstractBaseUser) -> UsagePayload:
    """Calls of the current UTC day; `gpu_seconds` is the workers' own execution time."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    use = gpu_use(GpuCall.objects.filter(user_id=user.pk, created_at__gte=midnight))
    return {
        "day": midnight.date().isoformat(),
        "calls": use["calls"],
        "gpu_seconds": use["execution_ms"] / 1000,
        "cost_usd": use["cost_usd"],
        "limit_seconds": settings.GPU_SECONDS_PER_DAY,
    }
