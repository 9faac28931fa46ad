"""Show the GPU endpoints: the last known state, and how long calls take."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from animations.admin.records import RecordAdmin, json_block, milliseconds
from animations.models import EndpointState, GpuTiming


@admin.register(EndpointState)
class EndpointStateAdmin(RecordAdmin[EndpointState]):
    """The last known state of each endpoint."""

    date_hierarchy = "as_of"
    list_display = ("endpoint", "condition", "workers_text", "jobs_text", "error", "as_of")
    search_fields = ("endpoint", "error")
    fields = (
        "endpoint",
        "condition",
        "as_of",
        "used_at",
        "error",
        "workers_text",
        "jobs_text",
        "breaker_text",
        "info_text",
    )

    @admin.display(description="condition")
    def condition(self, state: EndpointState) -> str:
        """Return the condition in words."""
        return str(state.breaker.get("condition", {}).get("message", "–"))

    @admin.display(description="circuit breaker")
    def breaker_text(self, state: EndpointState) -> SafeString:
        """Return the breaker's state as JSON."""
        return json_block(state.breaker)

    @admin.display(description="workers")
    def workers_text(self, state: EndpointState) -> str:
        """Return the numbers of workers by state."""
        return _format_counts(state.workers)

    @admin.display(description="jobs")
    def jobs_text(self, state: EndpointState) -> str:
        """Return the numbers of jobs by state."""
        return _format_counts(state.jobs)

    @admin.display(description="what the worker can run")
    def info_text(self, state: EndpointState) -> SafeString:
        """Return what its worker can run, as JSON."""
        return json_block(state.info)


def _format_counts(counts: dict[str, object]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "–"


@admin.register(GpuTiming)
class GpuTimingAdmin(RecordAdmin[GpuTiming]):
    """The learned times of each task."""

    date_hierarchy = "updated_at"
    list_display = ("name", "size_class", "frame", "call", "weight", "updated_at")
    list_filter = ("task", "endpoint")
    search_fields = ("endpoint", "task")
    fields = ("endpoint", "task", "size_class", "frame", "call", "weight", "updated_at")

    @admin.display(description="task", ordering="task")
    def name(self, timing: GpuTiming) -> str:
        """Return the task."""
        return timing.task

    @admin.display(description="per frame", ordering="per_frame_ms")
    def frame(self, timing: GpuTiming) -> str:
        """Return the time per frame."""
        return milliseconds(round(timing.per_frame_ms))

    @admin.display(description="per call", ordering="per_call_ms")
    def call(self, timing: GpuTiming) -> str:
        """Return the time per call beside its frames."""
        return milliseconds(round(timing.per_call_ms))

    @admin.display(description="weight", ordering="samples")
    def weight(self, timing: GpuTiming) -> str:
        """Return how many calls the times rest on."""
        return f"{timing.samples:.1f} calls"
