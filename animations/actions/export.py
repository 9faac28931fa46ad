"""Export a project's chosen frames as files that platforms accept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import enqueue, revise_for_job
from animations.encode.file_names import download_name
from animations.encode.platforms import PLATFORMS, ExportOptions
from animations.models import Export, Job, Project, job_outcomes
from animations.models.loop import ChosenLoop, chosen_loop

USUAL: Final = ExportOptions()
MAX_LIVE_JOBS = 4
"""Export jobs of one project under way at once."""


def export(project: Project, platforms: Sequence[str], options: ExportOptions = USUAL) -> list[Export]:
    """Export to each platform the chosen frames of this generation as they are when the job runs, finished as now.

    An equal live export is returned, not made again, and so is an equal file that the studio has had made to look at;
    one job makes those that are missing. Raises `ActionError` for an unknown platform, or a project without a
    finished frame, and `Busy`.
    """
    wanted = list(dict.fromkeys(platforms))
    if not wanted:
        raise ActionError("required", "Name at least one platform.", "platforms")
    for slug in wanted:
        check_platform(slug)
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        shown = read_loop(project)
        exports = {row.platform: row for row in _equal_exports(project, wanted, shown, options, revision)}
        missing = [slug for slug in wanted if slug not in exports]
        exports |= {row.platform: row for row in _enqueue(project, missing, shown.digest, options, revision)}
    return [exports[slug] for slug in wanted]


def read_loop(project: Project) -> ChosenLoop:
    """Read the loop that is chosen now. Raises `ActionError` (409) where no frame of it is finished."""
    shown = chosen_loop(project)
    if not shown.files:
        raise ActionError("not_ready", "No frame of this emoji is finished yet.", status=409)
    return shown


def _equal_exports(
    project: Project, platforms: Sequence[str], shown: ChosenLoop, options: ExportOptions, revision: int
) -> list[Export]:
    """Return what shows these frames: previews that are done, which become exports, and live exports."""
    rows = (
        project.exports.filter(platform__in=platforms)
        .of_options(options.write())
        .select_related("job")
        .prefetch_related("files")
    )
    previews = {row.platform: row for row in rows.previews().done_showing(project.finish, shown.digest)}
    for row in previews.values():
        row.take(revision, download_name(project.name, PLATFORMS[row.platform]))
    return [*rows.requested().live_showing(project.generation, project.finish, shown.digest), *previews.values()]


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
