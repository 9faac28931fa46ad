"""Build the payloads of the catalogue: presets, readings of words, platforms and engines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, TypedDict

from django.urls import reverse

from animations.actions.plan.motions import read_words
from animations.encode.platforms import Platform, limits
from animations.matte.engines import ENGINES
from animations.models import EndpointState, Preset, Project, platforms_in_use
from animations.models.platforms.rule_override import times_of_changes
from animations.payloads import format_time
from animations.payloads.types import Time
from animations.translation import translated, translated_motion, translated_rule


class PresetPayload(TypedDict):
    """A curated motion."""

    slug: str
    name: str
    description: str
    prompt: str
    tags: list[str]
    preview_url: str | None


class ReadingPayload(TypedDict):
    """An understanding of somebody's words; `recipe` is None when they name no motion."""

    recipe: dict[str, Any] | None
    understood_as: str
    unknown: list[str]
    notes: list[str]
    """Sentences on what was guessed and on what can be had only in part."""


class RulePayload(TypedDict):
    """One rule of a platform."""

    rule: str
    value: Any


class RuleOverridePayload(TypedDict):
    """A rule that staff have set to another value than the sources give; null is no rule."""

    rule: str
    value: Any
    default: Any
    changed_at: Time
    """The time of the last change to the platform's rules."""


class PlatformPayload(TypedDict):
    """An export target with its rules."""

    slug: str
    label: str
    kind: Annotated[str, ("emoji", "sticker", "file")]
    format: str
    mime: str
    available: bool
    reason: str
    sure: str
    """A official or the product's own code, B several sources agree, C one source or an old one."""
    source: str
    read_on: str | None
    """The day on which the rules were last read there."""
    note: str
    how_to_add: str
    """The way to the emoji in the platform's own program; `{name}` is the name to type there."""
    rules: list[RulePayload]
    """As they are in use."""
    overrides: list[RuleOverridePayload]


class EnginePayload(TypedDict):
    """A matting engine or a generator, and the reason if it cannot run."""

    slug: str
    kind: str
    available: bool
    reason: str


class EndpointPayload(TypedDict):
    """The condition of the GPU endpoint. `queue`: jobs that wait there.

    `code`: ready, starting, full, failing, unreachable, or unknown.
    """

    code: str
    message: str
    queue: int


class EnginesPayload(TypedDict):
    """All engines, as the endpoint was when it was last asked."""

    engines: list[EnginePayload]
    state: EndpointPayload
    as_of: Time | None


GENERATORS: Final = (
    (Project.Generator.PROCEDURAL, ""),
    (Project.Generator.VIDEO, "Video models cannot be used yet."),
)
"""Each with the reason if it cannot run."""
NEVER_ASKED: Final = "The GPU endpoint has not been asked yet."
NOT_REPORTED: Final = "The GPU endpoint has not reported whether it can run this. It is asked when a worker is awake."


def preset_list_payload(presets: list[Preset]) -> list[PresetPayload]:
    """Return the payloads of these presets."""
    return [preset_payload(preset) for preset in presets]


def preset_payload(preset: Preset) -> PresetPayload:
    """Return the payload of a preset."""
    return {
        "slug": preset.slug,
        "name": translated(preset.name),
        "description": translated(preset.description),
        "prompt": preset.prompt,
        "tags": preset.tags,
        "preview_url": _preview_url(preset),
    }


def _preview_url(preset: Preset) -> str | None:
    """Return the preview's address with its version, so that it may be cached for ever."""
    return f"{reverse('preset-preview', args=[preset.slug])}?v={preset.preview_of}" if preset.preview else None


def reading_payload(words: str) -> ReadingPayload:
    """Read `words` and return how they are understood."""
    reading = read_words(words)
    return {
        "recipe": reading.recipe.to_json() if reading.recipe else None,
        "understood_as": translated_motion(reading.understood_as),
        "unknown": list(reading.unknown),
        "notes": [translated(note) for note in reading.notes],
    }


def platform_list_payload(platforms: list[Platform]) -> list[PlatformPayload]:
    """Return the payloads of these platforms, with their rules as they are now."""
    in_use, changed_at = platforms_in_use(), times_of_changes()
    return [_platform_payload(in_use[one.slug], one, changed_at.get(one.slug)) for one in platforms]


def _platform_payload(platform: Platform, default: Platform, changed_at: datetime | None) -> PlatformPayload:
    return {
        "slug": platform.slug,
        "label": translated(platform.label),
        "kind": platform.kind,
        "format": platform.format,
        "mime": platform.mime,
        "available": True,
        "reason": "",
        "sure": platform.sure,
        "source": platform.source,
        "read_on": platform.read_on or None,
        "note": translated(platform.note),
        "how_to_add": translated(platform.how_to_add),
        "rules": [{"rule": rule, "value": translated_rule(value)} for rule, value in limits(platform).items()],
        "overrides": _overrides(limits(platform), limits(default), format_time(changed_at) or ""),
    }


def _overrides(
    values: dict[str, int | str], defaults: dict[str, int | str], changed_at: str
) -> list[RuleOverridePayload]:
    return [
        {
            "rule": rule,
            "value": translated_rule(values.get(rule)),
            "default": translated_rule(defaults.get(rule)),
            "changed_at": changed_at,
        }
        for rule in values | defaults
        if values.get(rule) != defaults.get(rule)
    ]


def engines_payload() -> EnginesPayload:
    """Return all engines as the endpoint's row has them; the endpoint itself is asked by a job only."""
    state = EndpointState.objects.current()
    mattes = [
        _engine_payload(engine.slug, "matte", _unavailable_reason(engine.slug, state) if engine.needs_gpu else "")
        for engine in ENGINES
    ]
    return {
        "engines": mattes + [_engine_payload(slug, "generator", reason) for slug, reason in GENERATORS],
        "state": _condition(state),
        "as_of": format_time(state.as_of) if state else None,
    }


def _condition(state: EndpointState | None) -> EndpointPayload:
    """Return the endpoint's condition in the words of the job that asked it."""
    condition = state.breaker.get("condition") if state else None
    if not condition:
        return {"code": "unknown", "message": translated(NEVER_ASKED), "queue": 0}
    return {"code": condition["code"], "message": translated(condition["message"]), "queue": condition["queue"]}


def _engine_payload(slug: str, kind: str, reason: str) -> EnginePayload:
    return {"slug": slug, "kind": kind, "available": not reason, "reason": translated(reason)}


def _unavailable_reason(slug: str, state: EndpointState | None) -> str:
    if state is None:
        return NEVER_ASKED
    if state.error:
        return state.error
    reason = state.reason_against(slug)
    return NOT_REPORTED if reason is None else reason
