"""Files that platforms accept: fitted, then read again and measured against every rule."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict

from animations.encode.fit import CannotFit, fit
from animations.encode.inspect import Report, inspect
from animations.encode.platforms import PLATFORMS, Platform
from animations.models import Export, ExportFile, Project, files
from animations.work import png
from animations.work.errors import WorkFailed
from animations.work.lease import Lease


def export(lease: Lease) -> None:
    """Make every export of the job that is not made yet; one that cannot be made fails alone."""
    names, delays = loop(lease.job.project)
    for row in lease.job.exports.filter(status__in=Export.LIVE).order_by("pk"):
        lease.check()
        with lease.revise() as revision:
            row.run(revision)
        _make(lease, row, names, delays)
    with lease.revise() as revision:
        if lease.job.exports.filter(status=Export.Status.SUCCEEDED).exists():
            lease.job.succeed(revision)
        else:
            lease.job.fail(revision, "None of the files could be made.")


def loop(project: Project) -> tuple[list[str], list[int]]:
    """The files of the chosen frames in order, with their times in ms.

    A frame without one lends its time to the one before. Raises `WorkFailed` when no frame is finished.
    """
    names: list[str] = []
    delays: list[int] = []
    early = 0
    for frame in project.current_frames().select_related("chosen"):
        if frame.chosen is not None:
            names.append(str(frame.chosen.cutout))
            delays.append(frame.delay_ms)
        elif delays:
            delays[-1] += frame.delay_ms
        else:
            early += frame.delay_ms
    if not names:
        raise WorkFailed("No frame of this emoji is finished.")
    delays[-1] += early
    return names, delays


def _make(lease: Lease, row: Export, names: list[str], delays: list[int]) -> None:
    platform = PLATFORMS[row.platform]
    pictures = (png.read(files.read(name)) for name in names)  # one by one: sixty of 512 px weigh 63 MB
    try:
        fitted = fit(pictures, delays, platform)
    except CannotFit as error:
        with lease.revise() as revision:
            row.fail(revision, str(error))
        return
    report = inspect(fitted.data, platform)
    stored = files.keep(row.project_id, fitted.data, platform.suffix)
    with lease.revise() as revision:
        if report.ok:
            ExportFile.objects.create(export=row, **_file(lease.job.project, platform, report, fitted.data, stored))
            row.succeed(revision, [asdict(check) for check in report.checks], list(fitted.steps))
        else:
            broken = "; ".join(f"{check.rule}: {check.actual}" for check in report.checks if not check.ok)
            row.fail(revision, f"The file does not keep every rule of {platform.label} ({broken}).")
        done = lease.job.exports.exclude(status__in=Export.LIVE).count()
        lease.job.progress(revision, done, lease.job.total)


def _file(project: Project, platform: Platform, report: Report, data: bytes, stored: str) -> dict[str, object]:
    return {
        "name": file_name(project.name, platform),
        "file": stored,
        "bytes": len(data),
        "width": report.width,
        "height": report.height,
        "frames": report.frames,
        "duration_ms": report.duration_ms,
        "format": report.format,
    }


def file_name(name: str, platform: Platform) -> str:
    """What a download is called: letters that every file system takes, and the platform it is for."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "emoji"
    return f"{stem}-{platform.slug.replace('_', '-')}.{platform.suffix}"
