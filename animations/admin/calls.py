"""Show the ledger: every call to the GPU with its time and cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from animations.admin.gpu_usage import usage_of_last_days
from animations.admin.records import RecordAdmin, milliseconds, short_id, user_link
from animations.models import GpuCall


@admin.register(GpuCall)
class GpuCallAdmin(RecordAdmin[GpuCall]):
    """The records of GPU calls."""

    list_display = (
        "name",
        "status",
        "project_link",
        "job_link",
        "frames",
        "delay",
        "execution",
        "cost",
        "created",
    )
    list_filter = ("status", "task", "cost_is_estimate", "endpoint")
    list_select_related = ("project", "job")
    search_fields = ("=id", "=job__id", "=project__id", "=remote_id", "project__name", "user__email", "error")
    search_help_text = "An id (of a call, job, project, or the endpoint's own), a project's name, an e-mail address."
    fieldsets = (
        (None, {"fields": ("name", "id", "status", "error", "project_link", "job_link", "user_link")}),
        ("Endpoint", {"fields": ("endpoint", "remote_id", "key", "attempt", "replaces_uncertain", "replaces_lost")}),
        (
            "Time and cost",
            {
                "description": "≤: the endpoint did not say how long the call ran; it is the most that is possible.",
                "fields": ("frames", "delay", "execution", "expected_execution", "cost"),
            },
        ),
        ("Times", {"fields": ("created_at", "sent_at", "signalled_at", "finished_at")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the chart of the last thirty days above the list."""
        return super().changelist_view(request, {"usage": usage_of_last_days(), **(extra_context or {})})

    @admin.display(description="call", ordering="task")
    def name(self, call: GpuCall) -> str:
        """Return the task and the short id."""
        return f"{call.task} {short_id(call.pk)}"

    @admin.display(description="user")
    def user_link(self, call: GpuCall) -> SafeString | str:
        """Return a link to the user."""
        return user_link(call.user)

    @admin.display(description="delay", ordering="delay_ms")
    def delay(self, call: GpuCall) -> str:
        """Return the time before a worker took the call."""
        return milliseconds(call.delay_ms)

    @admin.display(description="execution", ordering="execution_ms")
    def execution(self, call: GpuCall) -> str:
        """Return the worker's own time."""
        return _mark_estimate(call, milliseconds(call.execution_ms))

    @admin.display(description="expected execution", ordering="estimate_ms")
    def expected_execution(self, call: GpuCall) -> str:
        """Return the time that was expected when it was sent."""
        return milliseconds(call.estimate_ms)

    @admin.display(description="cost", ordering="cost_usd")
    def cost(self, call: GpuCall) -> str:
        """Return the cost in dollars."""
        return _mark_estimate(call, f"${call.cost_usd:.4f}")


def _mark_estimate(call: GpuCall, amount: str) -> str:
    """Mark an amount that is an upper bound, because the endpoint did not report the true one."""
    return f"≤ {amount}" if call.cost_is_estimate else amount
