"""Make one file of a loop for one platform: fitted, then read again and measured against every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile
from typing import Any

from animations import storage
from animations.encode.appearance.measure import measure_file
from animations.encode.appearance.warnings import Appearance
from animations.encode.containers import png_zip
from animations.encode.file_names import download_name
from animations.encode.fit import CannotFit, Fitted, fit
from animations.encode.platforms import DEFAULT_OPTIONS, ExportOptions, Platform, with_options
from animations.encode.progress import Progress
from animations.encode.report import write_report
from animations.encode.verify import Report, verify
from animations.finish.draw import finish_frames
from animations.finish.options import read_finish
from animations.imaging import png
from animations.imaging.arrays import Frame
from animations.models import Export, ExportFile, Project
from animations.models.loop import ChosenLoop
from animations.work.lease import Lease


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was encoded and read again; `steps` say what it lacks and what was given up for it."""

    platform: Platform
    data: bytes
    steps: list[str]
    report: Report
    appearance: Appearance | None

    @property
    def measured(self) -> dict[str, Any]:
        """The columns of an export that say what was found out about its file."""
        seen = asdict(self.appearance) if self.appearance else None
        return {"checks": [asdict(check) for check in self.report.checks], "steps": self.steps, "appearance": seen}


class BreaksRule(CannotFit):
    """A file breaks a rule when it is read again; `measured` is what was found out about it."""

    def __init__(self, made: MadeFile) -> None:
        super().__init__(_refusal(made.platform, made.report))
        self.measured = made.measured


def make_file(
    lease: Lease,
    shown: ChosenLoop,
    platform: Platform,
    finish: dict[str, Any],
    options: ExportOptions = DEFAULT_OPTIONS,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> MadeFile:
    """Make a file for `platform` of the loop with this finish, and stop as soon as the lease is lost.

    `notes` stand before what was given up. Raises `CannotFit`, `BreaksRule`, `LeaseLost`, and what `storage.read`
    raises.
    """
    with lease.interruptible():
        rules = with_options(platform, options)
        frames = _finished(shown, rules, finish)
        made = encode_file(frames, shown.delays_ms, rules, shown.indices, options, notes, progress)
    if not made.report.ok:
        raise BreaksRule(made)
    return made


def encode_file(
    frames: Iterable[Frame],
    delays_ms: Sequence[int],
    platform: Platform,
    indices: Sequence[int] | None = None,
    options: ExportOptions = DEFAULT_OPTIONS,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> MadeFile:
    """Encode frames (H×W×4 straight RGBA), taken one by one, and measure the file. Raises `CannotFit`."""
    fitted = fit(frames, delays_ms, platform, indices, options, progress)
    report = verify(fitted.data, platform)
    steps = [*notes, *report.notes, *fitted.steps]
    if platform.format == "PNG ZIP" and report.ok:
        _add_report(fitted, platform, report, steps)
        report = verify(fitted.data, platform)
    return MadeFile(platform, fitted.data, steps, report, measure_file(fitted.data))


def _add_report(fitted: Fitted, platform: Platform, report: Report, steps: Sequence[str]) -> None:
    """Put the report of a ZIP of ours into it. It waits in a file: two of it need not fit into a worker's memory."""
    checks = [asdict(check) for check in report.checks]
    words = write_report(platform, _measures(report, fitted.data), checks, steps)
    with TemporaryFile() as file:
        file.write(fitted.data)
        fitted.data = b""
        png_zip.add_report(file, words)
        file.seek(0)
        fitted.data = file.read()


def _refusal(platform: Platform, report: Report) -> str:
    """Say which rules the file breaks; of one that flashes, what to do."""
    broken = [check for check in report.checks if not check.ok]
    if [check.rule for check in broken] == ["flashes"]:
        count = broken[0].actual
        return f"It flashes {count} times a second, more than {platform.label} takes. Soften it under “In a chat”."
    named = "; ".join(f"{check.rule}: {check.actual}" for check in broken)
    return f"The file does not keep every rule of {platform.label} ({named})."


def _finished(shown: ChosenLoop, platform: Platform, finish: dict[str, Any]) -> Iterator[Frame]:
    """Yield the frames as the file shows them, one by one: sixty of 512 px weigh 63 MB."""

    def frames() -> Iterable[Frame]:
        return (png.read(storage.read(name)) for name in shown.files)

    return finish_frames(frames, read_finish(finish), platform.pixels.target)


def store_file(project: Project, made: MadeFile) -> str:
    """Store a made file with its project, and return its name there."""
    return storage.save(project.pk, made.data, made.platform.suffix)


def finish_export(row: Export, made: MadeFile, stored: str, revision: int) -> None:
    """Move an export from running to succeeded. Inside `revise`."""
    name = download_name(row.project.name, made.platform)
    ExportFile.objects.create(export=row, name=name, file=stored, **_measures(made.report, made.data))
    row.succeed(revision, **made.measured)


def _measures(report: Report, data: bytes) -> dict[str, Any]:
    return {
        "bytes": len(data),
        "width": report.width,
        "height": report.height,
        "frames": report.frames,
        "duration_ms": report.duration_ms,
        "format": report.format,
    }
