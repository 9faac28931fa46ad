"""Show the projects: owner, state, and the work behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from animations.admin.records import ReadOnlyPermissions, RecordAdmin, count_link, count_of, json_block, link
from animations.models import Export, Frame, GpuCall, Job, Project

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    FrameTable = TabularInline[Frame, Project]
else:
    FrameTable = admin.TabularInline


class FrameInline(ReadOnlyPermissions, FrameTable):
    """The frames that people see, and how their candidates came out."""

    model = Frame
    fields = readonly_fields = ("index", "status", "delay_ms", "made", "failed", "error")
    verbose_name_plural = "frames of the current generation"
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Frame]:
        """Return the current frames with the numbers of their candidates."""
        failed = Q(candidates__status="failed")
        current = super().get_queryset(request).filter(generation=F("project__generation"), removed_at=None)
        rows = current.order_by("index")
        return rows.annotate(
            made_count=Count("candidates"), failed_count=Count("candidates", filter=failed)
        ).prefetch_related("candidates")

    @admin.display(description="candidates")
    def made(self, frame: Any) -> int:
        """Return the number of candidates."""
        return int(frame.made_count)

    @admin.display(description="failed")
    def failed(self, frame: Any) -> int:
        """Return the number of candidates that failed."""
        return int(frame.failed_count)

    @admin.display(description="errors")
    def error(self, frame: Frame) -> str:
        """Return the errors of the candidates."""
        return "; ".join(sorted({candidate.error for candidate in frame.candidates.all() if candidate.error})) or "–"


@admin.register(Project)
class ProjectAdmin(RecordAdmin[Project]):
    """The records of projects."""

    list_display = ("name", "owner_link", "status", "motion", "job_links", "call_links", "created")
    list_filter = ("status", "generator", "matte")
    list_select_related = ("owner", "preset")
    search_fields = ("=id", "=emoji_set__id", "name", "prompt", "owner__email", "=owner__username")
    search_help_text = "A name, words of the motion, the owner's e-mail address, or an id, also of a set."
    inlines = (FrameInline,)
    fieldsets = (
        (None, {"fields": ("name", "id", "owner_link", "set_link", "status", "created_at", "updated_at")}),
        ("Motion", {"fields": ("preset_link", "prompt", "understood_as", "recipe_text")}),
        (
            "Choices",
            {"fields": (("frame_count", "candidates"), ("frame_ms", "size"), ("generator", "matte"), "generation")},
        ),
        ("Source", {"fields": ("source_facts",)}),
        ("Work", {"fields": ("job_links", "call_links", "export_links", "revision")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        """Add the numbers of jobs, calls and exports."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                job_count=count_of(Job.objects.all(), "project"),
                call_count=count_of(GpuCall.objects.all(), "project"),
                export_count=count_of(Export.objects.all(), "project"),
            )
            .order_by("-created_at", "-pk")
        )

    @admin.display(description="set")
    def set_link(self, project: Project) -> SafeString | str:
        """Return a link to the set."""
        emoji_set = project.emoji_set
        return link("animations_emojiset", emoji_set.pk, emoji_set.name) if emoji_set else "–"

    @admin.display(description="motion", ordering="understood_as")
    def motion(self, project: Project) -> str:
        """Return the preset's name, or how the words were understood."""
        return project.preset.name if project.preset else project.understood_as or "–"

    @admin.display(description="preset")
    def preset_link(self, project: Project) -> SafeString | str:
        """Return a link to the preset."""
        preset = project.preset
        return link("animations_preset", preset.pk, preset.name) if preset else "–"

    @admin.display(description="recipe")
    def recipe_text(self, project: Project) -> SafeString:
        """Return the recipe as JSON."""
        return json_block(project.recipe)

    @admin.display(description="picture")
    def source_facts(self, project: Project) -> str:
        """Return the source's format, size, transparency and matte."""
        source = getattr(project, "source", None)
        if source is None:
            return "–"
        alpha = ", with transparency" if source.has_alpha else ""
        matte = f"; matte by {source.matte.engine}" if source.matte else ""
        return f"{source.original_format}, {source.width} × {source.height} px{alpha}{matte}"

    @admin.display(description="jobs", ordering="job_count")
    def job_links(self, project: Any) -> SafeString | str:
        """Return the number of jobs, as a link to them."""
        return count_link("animations_job", project.pk, project.job_count)

    @admin.display(description="GPU calls", ordering="call_count")
    def call_links(self, project: Any) -> SafeString | str:
        """Return the number of GPU calls, as a link to them."""
        return count_link("animations_gpucall", project.pk, project.call_count)

    @admin.display(description="exports", ordering="export_count")
    def export_links(self, project: Any) -> SafeString | str:
        """Return the number of exports, as a link to them."""
        return count_link("animations_export", project.pk, project.export_count)
