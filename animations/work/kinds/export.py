"""Export files that platforms accept: fitted, then read again and measured against every rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from animations.encode.fit import CannotFit
from animations.encode.platforms import ExportOptions, Platform
from animations.encode.progress import Progress
from animations.encode.visibility import name_frames
from animations.models import Export, platforms_in_use
from animations.models.loop import UNFINISHED, ChosenLoop, chosen_loop
from animations.work.errors import WorkFailed
from animations.work.exports.make_file import BreaksRule, finish_export, make_file, store_file
from animations.work.lease import Lease

PARTS: Final = 100
"""Of a file, in which the progress of a job that runs is counted."""
EARLIER_MOTION: Final = "the motion was changed after this was requested: it shows the one before"
EARLIER_FINISH: Final = "the finish was changed after this was requested: it shows the one before"


def export(lease: Lease) -> None:
    """Make every export of the job that is not made yet; one that cannot be made fails alone."""
    shown, platforms = begin_export(lease), platforms_in_use()
    for row in lease.job.exports.filter(status=Export.Status.RUNNING).order_by("pk"):
        lease.check()
        _make(lease, row, shown, platforms[row.platform])
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
        lease.job.project.refresh_from_db(fields=["generation", "poster"])
        exports = list(lease.job.exports.live())
        shown = chosen_loop(lease.job.project, exports[0].generation if exports else None)
        if not shown.files:
            raise WorkFailed(UNFINISHED)
        Export.start_all(exports, revision, shown.digest)
    return shown


def _make(lease: Lease, row: Export, shown: ChosenLoop, platform: Platform) -> None:
    options, notes = ExportOptions.read(row.options), list(_notes(row, shown))
    try:
        made = make_file(lease, shown, platform, row.finish, options, notes, _progress_of_next(lease))
    except CannotFit as error:
        with lease.revise() as revision:
            row.fail(revision, str(error), **(error.measured if isinstance(error, BreaksRule) else {}))
            _count_progress(lease, revision)
        return
    stored = store_file(lease.job.project, made)
    with lease.revise() as revision:
        finish_export(row, made, stored, revision)
        _count_progress(lease, revision)


def _count_progress(lease: Lease, revision: int) -> None:
    lease.job.progress(revision, PARTS * _ended(lease), PARTS * lease.job.exports.count())


def _progress_of_next(lease: Lease) -> Progress:
    """Return the progress of the file that comes after those that have ended, of all files of the job."""
    ended, total = _ended(lease), PARTS * lease.job.exports.count()
    return Progress(lambda share: lease.show_progress(int(PARTS * (ended + share)), total))


def _ended(lease: Lease) -> int:
    return lease.job.exports.exclude(status__in=Export.LIVE).count()


def _notes(row: Export, shown: ChosenLoop) -> Iterator[str]:
    """Say which frames are missing, and that others have taken their place since the export was requested."""
    if row.generation != row.project.generation:
        yield EARLIER_MOTION
    if row.finish != row.project.finish:
        yield EARLIER_FINISH
    if shown.unfinished:
        yield f"not finished: {name_frames(shown.unfinished)}; left out, the frame before stays on"
