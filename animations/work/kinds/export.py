"""Export files that platforms accept: fitted, then read again and measured against every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from animations import storage
from animations.encode.appearance.appearance import Appearance
from animations.encode.appearance.measure import measure_file
from animations.encode.file_names import download_name
from animations.encode.fit import CannotFit, fit
from animations.encode.platforms import PLATFORMS, ExportOptions, Platform, with_options
from animations.encode.verify import Report, verify
from animations.encode.visibility import name_frames
from animations.finish.draw import finish_frames
from animations.finish.options import read_finish
from animations.imaging import png
from animations.imaging.arrays import Frame
from animations.models import Export, ExportFile, Project
from animations.models.loop import ChosenLoop, chosen_loop
from animations.work.errors import WorkFailed
from animations.work.lease import Lease

EARLIER_MOTION: Final = "the motion was changed after this was requested: it shows the one before"
EARLIER_FINISH: Final = "the finish was changed after this was requested: it shows the one before"


def export(lease: Lease) -> None:
    """Make every export of the job that is not made yet; one that cannot be made fails alone."""
    shown = begin_export(lease)
    for row in lease.job.exports.filter(status=Export.Status.RUNNING).order_by("pk"):
        lease.check()
        _make(lease, row, shown)
    with lease.revise() as revision:
        if lease.job.exports.filter(status=Export.Status.SUCCEEDED).exists():
            lease.job.succeed(revision)
        else:
            lease.job.fail(revision, "None of the files could be made.")


def begin_export(lease: Lease) -> ChosenLoop:
    """Read the frames and note them in every export, in one step: a frame swapped meanwhile is in all or in none.

    Raises `WorkFailed` when no frame is finished.
    """
    with lease.revise() as revision:
        lease.job.project.refresh_from_db(fields=["generation"])
        exports = list(lease.job.exports.live())
        shown = chosen_loop(lease.job.project, exports[0].generation if exports else None)
        if not shown.files:
            raise WorkFailed("No frame of this emoji is finished.")
        Export.start_all(exports, revision, shown.digest)
    return shown


def _make(lease: Lease, row: Export, shown: ChosenLoop) -> None:
    platform = with_options(PLATFORMS[row.platform], ExportOptions.read(row.options))
    try:
        with lease.interruptible():
            made = _encode(row, shown, platform)
    except CannotFit as error:
        with lease.revise() as revision:
            row.fail(revision, str(error))
        return
    stored = storage.save(row.project_id, made.data, platform.suffix)
    with lease.revise() as revision:
        _write_outcome(row, made, stored, [*_notes(row, shown), *made.steps], revision)
        done = lease.job.exports.exclude(status__in=Export.LIVE).count()
        lease.job.progress(revision, done, lease.job.total)


@dataclass(frozen=True, slots=True)
class _Made:
    """A file that was encoded and read again."""

    platform: Platform
    data: bytes
    steps: tuple[str, ...]
    report: Report
    appearance: Appearance | None


def _encode(row: Export, shown: ChosenLoop, platform: Platform) -> _Made:
    """Encode the frames, and measure the file. Raises `CannotFit`."""
    options = ExportOptions.read(row.options)
    fitted = fit(_finished(row, shown), shown.delays_ms, platform, shown.indices, options)
    return _Made(platform, fitted.data, fitted.steps, verify(fitted.data, platform), measure_file(fitted.data))


def _write_outcome(row: Export, made: _Made, stored: str, steps: list[str], revision: int) -> None:
    """Write the file and its report, or why there is none. Inside `revise`."""
    report = made.report
    if report.ok:
        ExportFile.objects.create(export=row, **_file(row.project, made, stored))
        seen = asdict(made.appearance) if made.appearance else None
        row.succeed(revision, [asdict(check) for check in report.checks], steps, seen)
    else:
        broken = "; ".join(f"{check.rule}: {check.actual}" for check in report.checks if not check.ok)
        row.fail(revision, f"The file does not keep every rule of {made.platform.label} ({broken}).")


def _finished(row: Export, shown: ChosenLoop) -> Iterator[Frame]:
    """Yield the frames as the export shows them, one by one: sixty of 512 px weigh 63 MB."""

    def frames() -> Iterable[Frame]:
        return (png.read(storage.read(name)) for name in shown.files)

    return finish_frames(frames, read_finish(row.finish), PLATFORMS[row.platform].pixels.target)


def _notes(row: Export, shown: ChosenLoop) -> Iterator[str]:
    """Say which frames are missing, and that others have taken their place since the export was requested."""
    if row.generation != row.project.generation:
        yield EARLIER_MOTION
    if row.finish != row.project.finish:
        yield EARLIER_FINISH
    if shown.unfinished:
        yield f"not finished: {name_frames(shown.unfinished)}; left out, the frame before stays on"


def _file(project: Project, made: _Made, stored: str) -> dict[str, object]:
    report = made.report
    return {
        "name": download_name(project.name, made.platform),
        "file": stored,
        "bytes": len(made.data),
        "width": report.width,
        "height": report.height,
        "frames": report.frames,
        "duration_ms": report.duration_ms,
        "format": report.format,
    }
