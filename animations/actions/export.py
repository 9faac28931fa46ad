"""Export a project's chosen frames as files that platforms accept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from animations import storage
from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import enqueue, revise_for_job
from animations.encode.file_names import download_name
from animations.encode.platforms import (
    DEFAULT_OPTIONS,
    PLATFORMS,
    ExportOptions,
    Platform,
    are_measured,
    with_options,
)
from animations.models import Export, Job, Project, job_outcomes, platforms_in_use
from animations.models.export import ExportQuerySet
from animations.models.loop import UNFINISHED, ChosenLoop, chosen_loop

MAX_LIVE_JOBS = 4
"""Export jobs of one project under way at once."""


def export(project: Project, platforms: Sequence[str], options: ExportOptions = DEFAULT_OPTIONS) -> list[Export]:
    """Export to each platform the chosen frames of this generation as they are when the job runs, finished as now.

    An equal export that is live or fresh is returned, not made again, and so is an equal file that the studio has had
    made to look at; one job makes those that are missing. Raises `ActionError` for an unknown platform, or a project
    without a finished frame, and `Busy`.
    """
    wanted = list(dict.fromkeys(platforms))
    if not wanted:
        raise ActionError("required", "Name at least one platform.", "platforms")
    for slug in wanted:
        check_platform(slug)
    rows = _rows(project, wanted, options)
    fresh = fresh_exports(rows, project, chosen_loop(project))  # asks the storage, and so before rows are locked
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        shown = read_loop(project)
        done = rows.filter(pk__in=[row.pk for row in fresh]).done_showing(project.finish, shown.digest)
        live = rows.requested().live_showing(project.generation, project.finish, shown.digest)
        exports = {row.platform: row for row in live} | _taken(done, project, revision)
        missing = [slug for slug in wanted if slug not in exports]
        exports |= {row.platform: row for row in _enqueue(project, missing, shown.digest, options, revision)}
    return [exports[slug] for slug in wanted]


def read_loop(project: Project) -> ChosenLoop:
    """Read the loop that is chosen now. Raises `ActionError` (409) where no frame of it is finished."""
    shown = chosen_loop(project)
    if not shown.files:
        raise ActionError("not_ready", UNFINISHED, status=409)
    return shown


def _rows(project: Project, platforms: Sequence[str], options: ExportOptions) -> ExportQuerySet:
    rows = project.exports.filter(platform__in=platforms).of_options(options.write())
    return rows.select_related("job").prefetch_related("files")


def fresh_exports(rows: ExportQuerySet, project: Project, shown: ChosenLoop) -> list[Export]:
    """Return those of `rows` that are as if they were made now, newest first.

    They show these frames with the finish as it is, were measured by the rules of today, and their files are there.
    """
    done, platforms = rows.done_showing(project.finish, shown.digest), platforms_in_use()
    return [row for row in done if _keeps_rules(row, platforms[row.platform]) and _is_stored(row)]


def _keeps_rules(row: Export, platform: Platform) -> bool:
    return are_measured(row.checks, with_options(platform, ExportOptions.read(row.options)))


def _is_stored(row: Export) -> bool:
    return storage.are_stored([(str(file.file), file.bytes) for file in row.files.all()])


def _taken(done: Iterable[Export], project: Project, revision: int) -> dict[str, Export]:
    """Make the newest finished export of each platform one that was asked for now. Inside `revise`."""
    newest: dict[str, Export] = {}
    for row in done:
        if newest.setdefault(row.platform, row) is row:
            row.promote_preview(revision, download_name(project.name, PLATFORMS[row.platform]))
    return newest


def cancel_previews(project: Project, revision: int) -> None:
    """Cancel the project's live preview, if there is one. Inside `revise`."""
    for job in project.jobs.live().previews():
        job_outcomes.cancel_job(job, revision)


def _enqueue(
    project: Project, platforms: Sequence[str], frames_digest: str, options: ExportOptions, revision: int
) -> list[Export]:
    """Write a job that makes these exports, and put it on its queue after the commit. Inside `revise`."""
    if not platforms:
        return []
    if project.jobs.live().filter(kind=Job.Kind.EXPORT).count() >= MAX_LIVE_JOBS:
        raise Busy("Several exports of this emoji are under way. Wait until one is finished.")
    cancel_previews(project, revision)  # the processor is for what somebody waits for
    job = enqueue(project, kind=Job.Kind.EXPORT, revision=revision, total=len(platforms))
    columns = {
        "generation": project.generation,
        "finish": project.finish,
        "options": options.write(),
        "frames_digest": frames_digest,
    }
    row = partial(Export, project=project, job=job, revision=revision, frames_revision=revision, **columns)
    return Export.objects.bulk_create([row(platform=slug) for slug in platforms])


def check_platform(slug: str, field: str = "platforms") -> None:
    """Raise `ActionError` about a field for an unknown platform."""
    if slug not in PLATFORMS:
        raise ActionError("invalid_choice", f"There is no platform “{slug}”.", field)
