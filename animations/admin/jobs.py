"""Show the jobs: parameters, progress and cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from animations.admin.records import RecordAdmin, count_link, count_of, json_block, milliseconds, short_id
from animations.models import Export, GpuCall, Job


@admin.register(Job)
class JobAdmin(RecordAdmin[Job]):
    """The records of jobs."""

    list_display = (
        "name",
        "project_link",
        "status",
        "progress",
        "attempts",
        "duration",
        "call_links",
        "created",
    )
    list_filter = ("status", "kind")
    list_select_related = ("project",)
    search_fields = ("=id", "=project__id", "project__name", "project__owner__email", "error")
    search_help_text = "An id of a job or project, a project's name, its owner's e-mail address, words of an error."
    fieldsets = (
        (None, {"fields": ("name", "id", "project_link", "frame_text", "status", "error")}),
        ("Run", {"fields": ("progress", "attempts", "lease", "created_at", "started_at", "finished_at", "duration")}),
        ("Asked for", {"fields": ("params_text",)}),
        ("GPU and exports", {"fields": ("call_links", "cost", "export_links")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Add the numbers of calls and exports."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                call_count=count_of(GpuCall.objects.all(), "job"), export_count=count_of(Export.objects.all(), "job")
            )
        )

    @admin.display(description="job", ordering="kind")
    def name(self, job: Job) -> str:
        """Return the kind and the short id."""
        return f"{job.kind} {short_id(job.pk)}"

    @admin.display(description="frame")
    def frame_text(self, job: Job) -> str:
        """Return the frame that the job is about."""
        return f"frame {job.frame.index} (counted from 0)" if job.frame else "–"

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        """Return how much is done."""
        return f"{job.done} of {job.total}" if job.total else "–"

    @admin.display(description="duration")
    def duration(self, job: Job) -> str:
        """Return the time from start to end."""
        if not (job.started_at and job.finished_at):
            return "–"
        return milliseconds(round((job.finished_at - job.started_at).total_seconds() * 1000))

    @admin.display(description="lease")
    def lease(self, job: Job) -> str:
        """Return whether a run holds the job's lease."""
        if not job.lease_until:
            return "nobody holds it"
        return "a run holds it" if job.lease_until > timezone.now() else "its run went silent"

    @admin.display(description="parameters")
    def params_text(self, job: Job) -> SafeString:
        """Return the parameters as JSON."""
        return json_block(job.params)

    @admin.display(description="GPU calls", ordering="call_count")
    def call_links(self, job: Any) -> SafeString | str:
        """Return the number of GPU calls, as a link to them."""
        return count_link("animations_gpucall", job.pk, job.call_count)

    @admin.display(description="exports", ordering="export_count")
    def export_links(self, job: Any) -> SafeString | str:
        """Return the number of exports, as a link to them."""
        return count_link("animations_export", job.pk, job.export_count)

    @admin.display(description="GPU cost")
    def cost(self, job: Job) -> str:
        """Return the GPU time and its cost."""
        total = job.gpu_calls.aggregate(cost=Sum("cost_usd"), run=Sum("execution_ms"))
        return f"{milliseconds(total['run'])}, ${total['cost'] or 0:.4f}"
