"""Endpoints: what was last heard of them, and how long they take."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from animations.admin.records import RecordAdmin, json_block, milliseconds
from animations.models import EndpointState, GpuTiming


@admin.register(EndpointState)
class EndpointStateAdmin(RecordAdmin[EndpointState]):
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
        return str(state.breaker.get("condition", {}).get("message", "–"))

    @admin.display(description="circuit breaker")
    def breaker_text(self, state: EndpointState) -> SafeString:
        return json_block(state.breaker)

    @admin.display(description="workers")
    def workers_text(self, state: EndpointState) -> str:
        return _in_words(state.workers)

    @admin.display(description="jobs")
    def jobs_text(self, state: EndpointState) -> str:
        return _in_words(state.jobs)

    @admin.display(description="what its worker can run")
    def info_text(self, state: EndpointState) -> SafeString:
        return json_block(state.info)


def _in_words(counts: dict[str, object]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "–"


@admin.register(GpuTiming)
class GpuTimingAdmin(RecordAdmin[GpuTiming]):
    date_hierarchy = "updated_at"
    list_display = ("name", "size_class", "frame", "call", "weight", "updated_at")
    list_filter = ("task", "endpoint")
    search_fields = ("endpoint", "task")
    fields = ("endpoint", "task", "size_class", "frame", "call", "weight", "updated_at")

    @admin.display(description="task", ordering="task")
    def name(self, timing: GpuTiming) -> str:
        return timing.task

    @admin.display(description="a frame", ordering="per_frame_ms")
    def frame(self, timing: GpuTiming) -> str:
        return milliseconds(round(timing.per_frame_ms))

    @admin.display(description="a call besides", ordering="per_call_ms")
    def call(self, timing: GpuTiming) -> str:
        return milliseconds(round(timing.per_call_ms))

    @admin.display(description="weight", ordering="samples")
    def weight(self, timing: GpuTiming) -> str:
        return f"{timing.samples:.1f} calls"
