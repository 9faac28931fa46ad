"""Jobs and what they used of the GPU, as the API and the socket show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from animations.models import GpuCall, Job
from animations.payloads.estimates import estimates_of
from animations.payloads.types import GpuUse, JobPayload, format_id, format_time
from animations.translation import translated

_GPU_SUMS: Final[dict[str, Any]] = {
    "calls": Count("sent_at"),
    "sent": Sum("frames", filter=Q(sent_at__isnull=False)),
    "delay": Sum("delay_ms"),
    "run": Sum("execution_ms"),
    "cost": Sum("cost_usd"),
}


def job_payload(job: Job) -> JobPayload:
    """Describe a job and what it used of the GPU."""
    return job_list_payload([job])[0]


def job_list_payload(jobs: Iterable[Job]) -> list[JobPayload]:
    """Describe jobs and what they used of the GPU, in one query for all of them, and a few more while some live."""
    rows = list(jobs)
    calls = GpuCall.objects.filter(job__in=[job.pk for job in rows]).order_by().values("job").annotate(**_GPU_SUMS)
    sums: dict[UUID, Any] = {total["job"]: total for total in calls} if rows else {}
    estimates = estimates_of(rows)
    return [_job_payload(job, sums.get(job.pk), estimates.get(job.pk)) for job in rows]


def _job_payload(job: Job, gpu: dict[str, Any] | None, estimate_ms: int | None) -> JobPayload:
    return {
        "id": str(job.pk),
        "project": str(job.project_id),
        "kind": job.kind,
        "frame": format_id(job.frame_id),
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "error": translated(job.error),
        "created_at": format_time(job.created_at) or "",
        "started_at": format_time(job.started_at),
        "finished_at": format_time(job.finished_at),
        "waiting_since": format_time(job.waiting_since),
        "estimate_ms": estimate_ms,
        "gpu": _gpu_use(gpu or {}),
    }


def sum_gpu_use(calls: QuerySet[GpuCall]) -> GpuUse:
    """Add up what these calls used."""
    return _gpu_use(calls.order_by().aggregate(**_GPU_SUMS))


def _gpu_use(total: dict[str, Any]) -> GpuUse:
    return {
        "calls": total.get("calls") or 0,
        "frames": total.get("sent") or 0,
        "delay_ms": total.get("delay") or 0,
        "execution_ms": total.get("run") or 0,
        "cost_usd": float(total.get("cost") or 0),
    }
