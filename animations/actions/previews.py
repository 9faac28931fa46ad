"""Make the file of a platform before anybody asks for it, so that the studio shows what a chat will show."""

from __future__ import annotations

from typing import Final

from animations.actions.errors import ActionError
from animations.actions.export import cancel_previews, check_platform, fresh_exports, read_loop
from animations.actions.jobs import enqueue, revise_for_job
from animations.models import Export, Job, Project
from animations.models.loop import ChosenLoop

MAX_LIVE: Final = 3
"""Previews of one person under way at once, one in each project."""
RETRY_AFTER_SECONDS: Final = 5
KEPT: Final = 4
"""Finished previews of a project; with them a change and its undo cost nothing."""


def preview(project: Project, platform: str) -> Export:
    """Return the platform's file of the frames and finish as they are now, which a job makes unless it is there.

    A project has one live preview: one of other frames or for another platform is given up. An export of equal frames
    is as good. Raises `ActionError` as an export does.
    """
    check_platform(platform, "platform")
    found = _fresh_file(project, platform, read_loop(project))
    return found or _make(project, platform)


def _make(project: Project, platform: str) -> Export:
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        shown = read_loop(project)
        if found := _fresh_file(project, platform, shown):
            return found
        _delete_old(project)
        cancel_previews(project, revision)
        _check_live(project)
        job = enqueue(project, kind=Job.Kind.PREVIEW, revision=revision, total=1)
        columns = {"generation": project.generation, "finish": project.finish, "frames_digest": shown.digest}
        revisions = {"frames_revision": revision, "revision": revision}
        return Export.objects.create(
            project=project, job=job, platform=platform, is_preview=True, **columns, **revisions
        )


def _fresh_file(project: Project, platform: str, shown: ChosenLoop) -> Export | None:
    """Return a file of these frames that is there, or else under way; its revision is the answer's alone."""
    exports = project.exports.filter(platform=platform).of_options({}).select_related("job").prefetch_related("files")
    found = next(iter(fresh_exports(exports, project, shown)), None)
    found = found or exports.live_showing(project.generation, project.finish, shown.digest).first()
    if found:
        found.frames_revision = max(found.frames_revision, project.revision)
    return found


def _delete_old(project: Project) -> None:
    """Delete the project's previews that are over, but for the last finished ones."""
    over = project.jobs.previews().exclude(status__in=Job.LIVE)
    done = over.filter(status=Job.Status.SUCCEEDED).order_by("-created_at").values_list("pk", flat=True)
    over.exclude(pk__in=list(done[: KEPT - 1])).delete()


def _check_live(project: Project) -> None:
    live = Job.objects.live().previews().filter(project__owner_id=project.owner_id)
    if live.count() >= MAX_LIVE:
        detail = "Previews of your other emojis are under way. This one follows."
        raise ActionError("too_many_jobs", detail, status=429, wait=RETRY_AFTER_SECONDS)
