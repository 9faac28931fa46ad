"""Endpoints: what was last heard of them."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from animations.admin.records import RecordAdmin, pretty
from animations.models import EndpointState


@admin.register(EndpointState)
class EndpointStateAdmin(RecordAdmin[EndpointState]):
    date_hierarchy = "as_of"
    list_display = ("endpoint", "workers_text", "jobs_text", "error", "as_of")
    search_fields = ("endpoint", "error")
    fields = ("endpoint", "as_of", "error", "workers_text", "jobs_text", "info_text")

    @admin.display(description="workers")
    def workers_text(self, state: EndpointState) -> str:
        return _in_words(state.workers)

    @admin.display(description="jobs")
    def jobs_text(self, state: EndpointState) -> str:
        return _in_words(state.jobs)

    @admin.display(description="what its worker can run")
    def info_text(self, state: EndpointState) -> SafeString:
        return pretty(state.info)


def _in_words(counts: dict[str, object]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "–"
