"""Show the exports and the packs: platform, rules broken, size, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from animations.admin.records import ReadOnlyPermissions, RecordAdmin, json_block, short_id
from animations.models import Export, ExportFile, Pack

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    FileTable = TabularInline[ExportFile, Export]
else:
    FileTable = admin.TabularInline


class FileInline(ReadOnlyPermissions, FileTable):
    """The measured properties of each file; the files themselves are their owner's."""

    model = ExportFile
    fields = readonly_fields = ("name", "format", "bytes", "width", "height", "frames", "duration_ms")
    extra = 0


@admin.register(Export)
class ExportAdmin(RecordAdmin[Export]):
    """The records of exports."""

    list_display = ("name", "status", "project_link", "job_link", "size", "broken_rules", "created")
    list_filter = ("status", "platform", "is_preview")
    list_select_related = ("project", "job")
    search_fields = ("=id", "=project__id", "=job__id", "project__name", "project__owner__email", "error")
    search_help_text = "An id of an export, job or project, a project's name, its owner's e-mail address."
    inlines = (FileInline,)
    fieldsets = (
        (None, {"fields": ("name", "id", "status", "error", "project_link", "job_link", "created_at")}),
        ("Report", {"fields": ("steps_text", "checks_text")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """Add the size of all files."""
        return super().get_queryset(request).annotate(byte_sum=Coalesce(Sum("files__bytes"), 0))

    @admin.display(description="export", ordering="platform")
    def name(self, export: Export) -> str:
        """Return the platform and the short id."""
        return f"{export.platform} {short_id(export.pk)}"

    @admin.display(description="bytes", ordering="byte_sum")
    def size(self, export: Any) -> str:
        """Return the bytes of all files."""
        return f"{export.byte_sum:,}" if export.byte_sum else "–"

    @admin.display(description="broken rules")
    def broken_rules(self, export: Export) -> str:
        """Return the names of the rules that are not kept."""
        return _broken(export.checks)

    @admin.display(description="steps to fit")
    def steps_text(self, export: Export) -> str:
        """Return what was given up to fit."""
        return " ".join(export.steps) or "nothing"

    @admin.display(description="rules")
    def checks_text(self, export: Export) -> SafeString:
        """Return each rule with its limit and the measured value."""
        lines = [
            (_check_mark(check), check["rule"], check.get("actual"), check.get("limit")) for check in export.checks
        ]
        return format_html_join("", "<div>{} {}: {} (limit {})</div>", lines)


@admin.register(Pack)
class PackAdmin(RecordAdmin[Pack]):
    """The records of packs."""

    list_display = ("name", "status", "title", "job_link", "broken_rules", "created")
    list_filter = ("status", "platform")
    list_select_related = ("job",)
    search_fields = ("=id", "=set__id", "=job__id", "title", "job__project__owner__email", "error")
    search_help_text = "An id of a pack, set or job, a title, its owner's e-mail address."
    fieldsets = (
        (None, {"fields": ("name", "id", "status", "error", "title", "author", "job_link", "created_at")}),
        ("Report", {"fields": ("missing_json", "checks_json", "stickers_json")}),
    )

    @admin.display(description="pack", ordering="platform")
    def name(self, pack: Pack) -> str:
        """Return the store and the short id."""
        return f"{pack.platform} {short_id(pack.pk)}"

    @admin.display(description="broken rules")
    def broken_rules(self, pack: Pack) -> str:
        """Return the names of the rules that are not kept."""
        return _broken(pack.checks)

    @admin.display(description="missing")
    def missing_json(self, pack: Pack) -> SafeString:
        """Return what the store would refuse."""
        return json_block(pack.missing)

    @admin.display(description="rules")
    def checks_json(self, pack: Pack) -> SafeString:
        """Return each rule with its limit and the measured value."""
        return json_block(pack.checks)

    @admin.display(description="stickers")
    def stickers_json(self, pack: Pack) -> SafeString:
        """Return what is in the ZIP."""
        return json_block(pack.stickers)


def _check_mark(check: dict[str, Any]) -> str:
    return "✓" if check.get("ok") else "✗"


def _broken(checks: list[dict[str, Any]]) -> str:
    return ", ".join(str(check["rule"]) for check in checks if not check.get("ok")) or "none"
