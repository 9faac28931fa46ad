"""Build the HTML of the presets' pages. It works without script; static/js/admin keeps it up to date."""

from __future__ import annotations

from typing import TypedDict

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from animations.admin.presets.live_check import NO_KNOWN_MOTION, fill_example, recipe_difference
from animations.models import Preset
from animations.motion.language.reader import parse_motion

BEING_DRAWN = "The new preview is being drawn."


class PreviewState(TypedDict):
    """The state of a preset's preview."""

    src: str
    """Empty while there is none."""
    fresh: bool


def preview_state(preset: Preset) -> PreviewState:
    """Return the preview's address and whether it shows the present recipe."""
    address = reverse("preset-preview", args=[preset.slug])
    src = f"{address}?v={preset.preview_of}" if preset.preview else ""
    return {"src": src, "fresh": preset.is_preview_fresh}


def moving_preview(preset: Preset | None) -> SafeString | str:
    """Return the preview for the list and the form: the old one until the new is drawn."""
    if preset is None or preset.pk is None:
        return "It is drawn when you save."
    state = preview_state(preset)
    picture = format_html('<img src="{}" alt="" width="64" height="64">', state["src"]) if state["src"] else ""
    return format_html(
        '<preset-preview data-key="{}" data-states="{}" {}>{}'
        '<span class="note" role="status">{}</span></preset-preview>',
        preset.pk,
        reverse("admin:animations_preset_previews"),
        "" if state["fresh"] else "stale",
        picture,
        "" if state["fresh"] else BEING_DRAWN,
    )


def understood(preset: Preset | None) -> SafeString:
    """Return how the words are understood, and a button that copies the recipe from them."""
    reading = parse_motion(preset.prompt) if preset and preset.prompt else None
    text = (reading.understood_as if reading.recipe else NO_KNOWN_MOTION) if reading else "–"
    unknown = f"Not understood: {', '.join(reading.unknown)}." if reading and reading.unknown else ""
    return format_html(
        '<preset-reading data-reading="{}"><output class="understood">{}</output> <span class="unknown">{}</span> '
        '<span class="differs" role="status">{}</span>'
        '<button type="button" class="copy-recipe" hidden>Read recipe from words</button></preset-reading>',
        reverse("admin:animations_preset_reading"),
        text,
        unknown,
        recipe_difference(reading.recipe.label, preset.recipe) if preset and reading and reading.recipe else "",
    )


def example(preset: Preset | None) -> SafeString:
    """Return the saved template filled with the preset's own words."""
    text, error = fill_example(preset.template, preset.prompt) if preset and preset.template else ("", "")
    return format_html('<output class="example">{}</output>', text or error or "–")
