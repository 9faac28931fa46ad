"""Make one file of a loop for one platform: fitted, then read again and measured against every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from animations import storage
from animations.encode.appearance.appearance import Appearance
from animations.encode.appearance.measure import measure_file
from animations.encode.file_names import download_name
from animations.encode.fit import CannotFit, fit
from animations.encode.platforms import ExportOptions, Platform, with_options
from animations.encode.verify import Report, verify
from animations.finish.draw import finish_frames
from animations.finish.options import read_finish
from animations.imaging import png
from animations.imaging.arrays import Frame
from animations.models import Export, ExportFile, Project
from animations.models.loop import ChosenLoop
from animations.work.lease import Lease

USUAL: Final = ExportOptions()


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was encoded and read again; `steps` say what was given up for it."""

    platform: Platform
    data: bytes
    steps: tuple[str, ...]
    report: Report
    appearance: Appearance | None


def make_file(
    lease: Lease, shown: ChosenLoop, platform: Platform, finish: dict[str, Any], options: ExportOptions = USUAL
) -> MadeFile:
    """Make a file for `platform` of the loop with this finish, and stop as soon as the lease is lost.

    Raises `CannotFit`, also for a file that breaks a rule when it is read again, `LeaseLost`, and what `storage.read`
    raises.
    """
    with lease.interruptible():
        made = _encode(shown, with_options(platform, options), finish, options)
    if not made.report.ok:
        broken = "; ".join(f"{check.rule}: {check.actual}" for check in made.report.checks if not check.ok)
        raise CannotFit(f"The file does not keep every rule of {platform.label} ({broken}).")
    return made


def _encode(shown: ChosenLoop, platform: Platform, finish: dict[str, Any], options: ExportOptions) -> MadeFile:
    """Encode the frames, and measure the file. Raises `CannotFit`."""
    fitted = fit(_finished(shown, platform, finish), shown.delays_ms, platform, shown.indices, options)
    return MadeFile(platform, fitted.data, fitted.steps, verify(fitted.data, platform), measure_file(fitted.data))


def _finished(shown: ChosenLoop, platform: Platform, finish: dict[str, Any]) -> Iterator[Frame]:
    """Yield the frames as the file shows them, one by one: sixty of 512 px weigh 63 MB."""

    def frames() -> Iterable[Frame]:
        return (png.read(storage.read(name)) for name in shown.files)

    return finish_frames(frames, read_finish(finish), platform.pixels.target)


def store_file(project: Project, made: MadeFile) -> str:
    """Store a made file with its project, and return its name there."""
    return storage.save(project.pk, made.data, made.platform.suffix)


def finish_export(row: Export, made: MadeFile, stored: str, revision: int, notes: Iterable[str] = ()) -> None:
    """Move an export from running to succeeded; `notes` stand before what was given up. Inside `revise`."""
    ExportFile.objects.create(export=row, **_columns(row.project, made, stored))
    seen = asdict(made.appearance) if made.appearance else None
    row.succeed(revision, [asdict(check) for check in made.report.checks], [*notes, *made.steps], seen)


def _columns(project: Project, made: MadeFile, stored: str) -> dict[str, object]:
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
