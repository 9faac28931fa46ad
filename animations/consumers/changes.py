"""Read from the rows what to send to a socket, so that nothing depends on which hints arrived."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from animations.consumers.auth import Subscriber
from animations.models import Export, Job, Project
from animations.payloads import (
    export_payload,
    frame_payload,
    frames_with_candidates,
    job_list_payload,
    project_detail_payload,
    project_payload,
)

Message = dict[str, Any]
"""`{"type", "revision", <type>: payload}`; a snapshot carries `project`, `jobs` and `exports`."""

RECENT_ROWS: Final = 20
"""Jobs and exports in a snapshot, beside the jobs that are live."""


class SignedOut(Exception):
    """The subscriber is no longer signed in."""


class Gone(Exception):
    """There is no such project, or not for this subscriber."""


def changes_since(subscriber: Subscriber | None, project_id: UUID, sent: int | None) -> list[Message]:
    """Return the messages that bring a client which has all up to revision `sent` up to date; None: it has nothing.

    Their revisions never fall. The project is read first: rows up to its revision are sent, and a row that moves on
    while we read is sent next time. Raises `SignedOut` or `Gone`.
    """
    user = subscriber.user() if subscriber else None
    if user is None:
        raise SignedOut
    project = Project.objects.visible_to(user).for_payload().filter(pk=project_id).first()
    if project is None:
        raise Gone
    if sent is None or project.frame_list_revision > sent:
        return [_snapshot(project)]
    return list(_changes(project, sent)) if project.revision > sent else []


def _snapshot(project: Project) -> Message:
    recent = list(project.jobs.order_by("-created_at").values_list("pk", flat=True)[:RECENT_ROWS])
    jobs = project.jobs.filter(Q(status__in=Job.LIVE) | Q(pk__in=recent)).order_by("-created_at")
    return {
        "type": "snapshot",
        "revision": project.revision,
        "project": project_detail_payload(project),
        "jobs": job_list_payload(jobs),
        "exports": [export_payload(export) for export in _exports(project)[:RECENT_ROWS]],
    }


def _exports(project: Project) -> QuerySet[Export]:
    return project.exports.order_by("-created_at", "platform").prefetch_related("files")


def _changes(project: Project, sent: int) -> Iterator[Message]:
    """Yield rows with a revision above `sent`, in order; the project, whose revision is the highest, comes last."""
    news = {"revision__gt": sent, "revision__lte": project.revision}
    frames = frames_with_candidates(project).filter(**news)
    jobs = list(project.jobs.filter(**news))
    exports = _exports(project).filter(**news)
    rows = chain(
        (_message("job", job.revision, payload) for job, payload in zip(jobs, job_list_payload(jobs), strict=True)),
        (_message("frame", frame.revision, frame_payload(frame)) for frame in frames),
        (_message("export", export.revision, export_payload(export)) for export in exports),
    )
    yield from sorted(rows, key=lambda message: int(message["revision"]))
    yield _message("project", project.revision, project_payload(project))


def _message(kind: str, revision: int, payload: Any) -> Message:
    return {"type": kind, "revision": revision, kind: payload}
