"""Let staff order, copy, edit, preview and publish the presets."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from animations.actions import presets as preset_actions
from animations.admin.presets import columns
from animations.admin.presets.form import PresetForm, initial_values
from animations.admin.presets.live_check import reading_payload, recipe_label
from animations.admin.records import TypedAdmin
from animations.models import Preset, Project

MAX_FIELD_LENGTH: Final = 10_000
"""Characters of a field that is checked while it is typed."""


@admin.register(Preset)
class PresetAdmin(TypedAdmin[Preset]):
    """The presets."""

    form = PresetForm
    list_display = ("moving_preview", "name", "slug", "tag_words", "position", "active")
    list_display_links = ("name",)
    list_editable = ("position",)
    list_filter = ("active",)
    search_fields = ("name", "slug", "description", "prompt")
    search_help_text = "Names, descriptions and words of the motion."
    ordering = ("position", "name")
    list_per_page = 200  # all on one page: an order cannot be seen in parts
    actions = ("publish", "unpublish", "duplicate", "redraw")
    readonly_fields = ("moving_preview", "understood", "example")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("moving_preview", "name", "slug", "description", "tags")}),
        ("Motion", {"fields": ("prompt", "understood", "recipe")}),
        ("Video models", {"fields": ("template", "example")}),
        ("Gallery", {"fields": ("position", "active")}),
    )

    @property
    def media(self) -> forms.Media:
        """Add the pages' scripts."""
        names = ("preset-preview", "preset-form")
        modules: list[Any] = [forms.Script(f"js/admin/{name}.js", type="module") for name in names]
        return super().media + forms.Media(js=modules)

    # --- The list ---------------------------------------------------------------------------------------------
    @admin.display(description="preview")
    def moving_preview(self, preset: Preset | None) -> SafeString | str:
        """Return the moving preview."""
        return columns.moving_preview(preset)

    @admin.display(description="tags")
    def tag_words(self, preset: Preset) -> str:
        """Return the tags in one line."""
        return ", ".join(preset.tags) or "–"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Renumber the presets where positions were changed."""
        previous = _positions() if "_save" in request.POST else {}
        response = super().changelist_view(request, extra_context)
        if previous and _positions() != previous:
            preset_actions.renumber(previous)
        return response

    # --- The form ---------------------------------------------------------------------------------------------
    @admin.display(description="understood as")
    def understood(self, preset: Preset | None) -> SafeString:
        """Return how the words are understood."""
        return columns.understood(preset)

    @admin.display(description="filled in")
    def example(self, preset: Preset | None) -> SafeString:
        """Return the template filled in."""
        return columns.example(preset)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill a new preset's form."""
        return {**initial_values(), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Preset | None = None) -> tuple[str, ...]:
        """Keep the slug of a published preset: people's scripts name it."""
        fields = tuple(super().get_readonly_fields(request, obj))
        # Asked of the database: once a form was read, `obj` says what the person wants, not what is.
        published = obj is not None and Preset.objects.active().filter(pk=obj.pk).exists()
        return ("slug", *fields) if published else fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Preset | None = None) -> dict[str, Any]:
        """Derive the slug from the name of a new preset only."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Preset | None = None) -> bool:
        """Forbid deleting a preset that people see; it is unpublished first."""
        return super().has_delete_permission(request, obj) and not (obj and obj.active)

    def save_model(self, request: HttpRequest, obj: Preset, form: Any, change: bool) -> None:
        """Write only what the person changed of an old row: a job may have drawn its preview meanwhile."""
        if change:
            obj.save(update_fields=[*form.changed_data, "updated_at"])
        else:
            obj.save()
        if isinstance(form, PresetForm) and form.recipe_was_read:  # the list has a form of its own
            self.message_user(
                request, f"The recipe was read from the words: {recipe_label(obj.recipe)}.", messages.INFO
            )
        if preset_actions.redraw_if_stale(obj):
            self.message_user(request, f"The preview of “{obj.name}” is being drawn.", messages.INFO)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Preset | None = None,
    ) -> HttpResponse:
        """Show the stored row around the fields of a refused form."""
        if obj and request.method == "POST":
            obj.refresh_from_db()
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- What can be done with the chosen ones ------------------------------------------------------------------
    @admin.action(description="Publish: show in the gallery", permissions=["change"])
    def publish(self, request: HttpRequest, rows: QuerySet[Preset]) -> None:
        """Publish the chosen presets."""
        self.message_user(request, f"Published: {preset_actions.publish(rows)}.")

    @admin.action(description="Unpublish: hide from the gallery", permissions=["change"])
    def unpublish(self, request: HttpRequest, rows: QuerySet[Preset]) -> None:
        """Unpublish the chosen presets."""
        self.message_user(request, f"Unpublished: {preset_actions.unpublish(rows)}.")

    @admin.action(description="Duplicate, unpublished", permissions=["add"])
    def duplicate(self, request: HttpRequest, rows: QuerySet[Preset]) -> HttpResponse | None:
        """Copy the chosen presets; lead to the form of a single copy."""
        copies = [preset_actions.duplicate(preset) for preset in rows]
        self.message_user(request, f"Made: {', '.join(copy.name for copy in copies)}.")
        if len(copies) > 1:
            return None
        return HttpResponseRedirect(reverse("admin:animations_preset_change", args=[copies[0].pk]))

    @admin.action(description="Draw the preview again", permissions=["change"])
    def redraw(self, request: HttpRequest, rows: QuerySet[Preset]) -> None:
        """Have the chosen presets' previews drawn again."""
        preset_actions.redraw(list(rows))
        self.message_user(request, "The previews are being drawn.")

    # --- What its scripts ask -----------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Add the addresses that the scripts ask."""
        view = self.admin_site.admin_view
        return [
            path("reading/", view(require_POST(self.reading)), name="animations_preset_reading"),
            path("previews/", view(require_safe(self.previews)), name="animations_preset_previews"),
            *super().get_urls(),
        ]

    def reading(self, request: HttpRequest) -> JsonResponse:
        """Return how the words, the recipe and the template in the form are understood."""
        self._require(self.has_view_or_change_permission(request))
        words = request.POST.get("prompt", "")[: Project.PROMPT_LENGTH]
        template, recipe = (request.POST.get(name, "")[:MAX_FIELD_LENGTH] for name in ("template", "recipe"))
        return JsonResponse(reading_payload(words, template, recipe))

    def previews(self, request: HttpRequest) -> JsonResponse:
        """Return the state of every preview, by primary key."""
        self._require(self.has_view_or_change_permission(request))
        return JsonResponse({str(preset.pk): columns.preview_state(preset) for preset in Preset.objects.all()})

    def _require(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied


def _positions() -> dict[int, int]:
    return dict(Preset.objects.values_list("pk", "position"))
