"""Asking for files that platforms accept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from animations import queueing
from animations.actions.errors import ActionError, Busy
from animations.actions.generate import RUN
from animations.encode.platforms import PLATFORMS
from animations.models import Export, Job, Project
from animations.models.transitions import revise

MOST_LIVE = 4
"""Export jobs of one project under way at once."""


def export(project: Project, platforms: Sequence[str]) -> list[Export]:
    """One export per platform, made by one job of the chosen frames as they are when it runs.

    Raises `ActionError` for a platform that cannot be served, or a project without a finished frame.
    """
    wanted = list(dict.fromkeys(platforms))
    if not wanted:
        raise ActionError("required", "Name at least one platform.", "platforms")
    for slug in wanted:
        _check(slug)
    with revise(project.pk) as revision:
        project.refresh_from_db()
        if not project.current_frames().filter(chosen__isnull=False).exists():
            raise ActionError("not_ready", "No frame of this emoji is finished yet.", status=409)
        if project.jobs.live().filter(kind=Job.Kind.EXPORT).count() >= MOST_LIVE:
            raise Busy("Several exports of this emoji are under way. Wait until one is finished.")
        job = Job.objects.create(project=project, kind=Job.Kind.EXPORT, revision=revision, total=len(wanted))
        exports = [Export(project=project, job=job, platform=slug, revision=revision) for slug in wanted]
        Export.objects.bulk_create(exports)
        transaction.on_commit(partial(queueing.enqueue, job.queue, RUN, str(job.pk)))
    return exports


def _check(slug: str) -> None:
    platform = PLATFORMS.get(slug)
    if platform is None:
        raise ActionError("invalid_choice", f"There is no platform “{slug}”.", "platforms")
    if not platform.available:
        raise ActionError("unavailable", f"{platform.label}: {platform.unavailable_reason}", "platforms")
