"""An export and its files as the API and the socket show them."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict

from django.urls import reverse

from animations.encode.appearance.warnings import GROUNDS, OUTLINE_WIDTH, Appearance
from animations.encode.platforms import DITHER, PLATFORMS, PREFER, ExportOptions
from animations.encode.platforms import GROUNDS as GROUND_NAMES
from animations.encode.report import limiting_rule, write_report
from animations.models import Export, ExportFile
from animations.payloads.finish import finish_payload
from animations.payloads.types import FinishPayload, Id, OutlinePayload, Time, format_time
from animations.translation import translated, translated_rule

MEASURES: Final = ("format", "bytes", "width", "height", "frames", "duration_ms")


class ExportFilePayload(TypedDict):
    name: str
    url: str
    bytes: int
    width: int
    height: int
    frames: int
    duration_ms: int
    format: str


class CheckPayload(TypedDict):
    rule: str
    limit: Any
    actual: Any
    ok: bool


class AppearancePayload(TypedDict):
    """The appearance of a file in a chat; see `encode.appearance` for the measures."""

    light: float
    dark: float
    faint_on: list[Annotated[str, tuple(GROUNDS)]]
    outline: OutlinePayload | None
    """One that makes it stand out where it does not."""
    flashes: int
    red_flashes: int
    slow_down: float | None
    """How many times as long the loop has to take to flash no more than may be."""


class ExportOptionsPayload(TypedDict):
    """The choices with which it was asked for."""

    prefer: Annotated[str, tuple(PREFER)] | None
    ground: Annotated[str, tuple(GROUND_NAMES)] | None
    loops: int
    dither: Annotated[str, tuple(DITHER)] | None


class ExportPayload(TypedDict):
    id: Id
    project: Id
    job: Id
    """The job that makes it, and others that were asked for at once."""
    platform: str
    finish: FinishPayload
    options: ExportOptionsPayload
    status: Annotated[str, Export.Status]
    files: list[ExportFilePayload]
    checks: list[CheckPayload]
    steps: list[str]
    limited_by: Annotated[str, ("bytes",)] | None
    """The rule for which something of the picture was given up."""
    report_url: str
    """The report as a JSON document."""
    error: str
    preview: bool
    """Whether it was made for the studio alone, and nobody has asked for it."""
    frames_revision: int
    """A revision of the project whose chosen frames it shows."""
    appearance: AppearancePayload | None
    created_at: Time


def export_payload(export: Export) -> ExportPayload:
    """Describe an export; prefetch `files` for many."""
    return {
        "id": str(export.pk),
        "project": str(export.project_id),
        "job": str(export.job_id),
        "platform": export.platform,
        "finish": finish_payload(export.finish),
        "options": _options_payload(export.options),
        "status": export.status,
        "files": [_file_payload(file) for file in export.files.all()],
        "checks": [check_payload(check) for check in export.checks],
        "steps": [translated(step) for step in export.steps],
        "limited_by": limiting_rule(export.steps),
        "report_url": reverse("api:export-report", args=[export.pk]),
        "error": translated(export.error),
        "preview": export.is_preview,
        "frames_revision": export.frames_revision,
        "appearance": _appearance_payload(export.appearance),
        "created_at": format_time(export.created_at) or "",
    }


def export_report(export: Export) -> bytes:
    """Write the report of an export's file, in English as all documents for programs."""
    file = next(iter(export.files.all()), None)
    measures = {name: getattr(file, name) for name in MEASURES} if file else {}
    return write_report(PLATFORMS[export.platform], measures, export.checks, export.steps)


def _appearance_payload(measured: dict[str, Any] | None) -> AppearancePayload | None:
    if measured is None:
        return None
    seen = Appearance(**measured)
    colour = seen.outline_colour
    return {
        "light": seen.light,
        "dark": seen.dark,
        "faint_on": seen.faint_on,
        "outline": {"width": OUTLINE_WIDTH, "colour": colour} if colour else None,
        "flashes": seen.flashes,
        "red_flashes": seen.red_flashes,
        "slow_down": seen.slow_down,
    }


def check_payload(check: CheckPayload) -> CheckPayload:
    """Describe a check in the language of who asks."""
    return {**check, "limit": translated_rule(check["limit"]), "actual": translated_rule(check["actual"])}


def _file_payload(file: ExportFile) -> ExportFilePayload:
    return {
        "name": file.name,
        "url": reverse("export-file", args=[file.pk]),
        "bytes": file.bytes,
        "width": file.width,
        "height": file.height,
        "frames": file.frames,
        "duration_ms": file.duration_ms,
        "format": file.format,
    }


def _options_payload(stored: dict[str, Any]) -> ExportOptionsPayload:
    options = ExportOptions.read(stored)
    return {"prefer": options.prefer, "ground": options.ground, "loops": options.loops, "dither": options.dither}
