"""An export and its files as the API and the socket show them."""

from __future__ import annotations

from django.urls import reverse

from animations.models import Export, ExportFile
from animations.payloads.finish import finish_payload
from animations.payloads.types import ExportFilePayload, ExportPayload, format_time


def export_payload(export: Export) -> ExportPayload:
    """Describe an export; prefetch `files` for many."""
    return {
        "id": str(export.pk),
        "project": str(export.project_id),
        "platform": export.platform,
        "finish": finish_payload(export.finish),
        "status": export.status,
        "files": [_file_payload(file) for file in export.files.all()],
        "checks": export.checks,
        "steps": export.steps,
        "error": export.error,
        "created_at": format_time(export.created_at) or "",
    }


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
