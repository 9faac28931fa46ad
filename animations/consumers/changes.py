"""Read from the rows what to send to the sockets of a project, so that nothing depends on which hints arrived."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from itertools import chain
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from animations.consumers.auth import Subscriber
from animations.models import Job, Project
from animations.models.export import ExportQuerySet
from animations.models.querysets.jobs import JobQuerySet
from animations.payloads import (
    export_payload,
    frame_payload,
    frames_with_candidates,
    job_list_payload,
    project_detail_payload,
    project_payload,
)

Message = dict[str, Any]
"""`{"type", "revision", <type>: payload}`; a snapshot carries `project`, `jobs`, `exports` and `previews`."""

Text = tuple[int, str]
"""A message's revision, and the message as JSON."""
Asked = tuple[Subscriber, int | None]
"""Who asks, and up to which revision they have all; None: they have nothing, or want all again."""

_SNAPSHOT: Final = Lock()
"""Held while a snapshot is read: with its rows it may take 15 MB, and many pages may come back at once."""
RECENT_ROWS: Final = 20
"""Jobs and exports in a snapshot, beside the jobs that are live."""


class SignedOut(Exception):
    """The subscriber is no longer signed in."""


class Gone(Exception):
    """There is no such project, or not for this subscriber."""


Answer = list[Text] | type[SignedOut] | type[Gone]


def changes_for(project_id: UUID, asked: Set[Asked]) -> dict[Asked, Answer]:
    """Return what brings every one who asked up to date: one check of each subscriber, one reading of the rows.

    Revisions never fall. The project is read first: rows up to its revision are sent, and a row that moves on while
    we read is sent next time.
    """
    seen = {subscriber: _visible_project(subscriber, project_id) for subscriber in {one[0] for one in asked}}
    answers: dict[Asked, Answer] = {one: found for one in asked if isinstance(found := seen[one[0]], type)}
    project = next((found for found in seen.values() if isinstance(found, Project)), None)
    return answers | (_read(project, asked - answers.keys()) if project else {})


def _visible_project(subscriber: Subscriber, project_id: UUID) -> Project | type[SignedOut] | type[Gone]:
    user = subscriber.user()
    if user is None:
        return SignedOut
    return Project.objects.visible_to(user).for_payload().filter(pk=project_id).first() or Gone


def _read(project: Project, asked: Set[Asked]) -> dict[Asked, Answer]:
    whole = {one for one in asked if one[1] is None or one[1] < project.frame_list_revision}
    behind = {one: one[1] for one in asked if one[1] is not None and one not in whole}
    snapshot: list[Text] = []
    if whole:
        with _SNAPSHOT:
            snapshot = [_encoded(_snapshot(project))]
    least = min(behind.values(), default=project.revision)
    news = [_encoded(message) for message in _changes(project, least)] if project.revision > least else []
    answers: dict[Asked, Answer] = {one: [text for text in news if text[0] > sent] for one, sent in behind.items()}
    return answers | {one: snapshot for one in whole}


def _encoded(message: Message) -> Text:
    """Encode a message here in the thread, once for all who get it: a snapshot may have 1 MB."""
    return message["revision"], json.dumps(message)


def _snapshot(project: Project) -> Message:
    known = _jobs(project)
    recent = list(known.order_by("-created_at").values_list("pk", flat=True)[:RECENT_ROWS])
    jobs = known.filter(Q(status__in=Job.LIVE) | Q(pk__in=recent)).order_by("-created_at")
    return {
        "type": "snapshot",
        "revision": project.revision,
        "project": project_detail_payload(project),
        "jobs": job_list_payload(jobs),
        "exports": [export_payload(export) for export in _exports(project).requested()[:RECENT_ROWS]],
        "previews": [export_payload(export) for export in _exports(project).previews()[:RECENT_ROWS]],
    }


def _jobs(project: Project) -> JobQuerySet:
    """Return the project's jobs but those that nobody has asked for."""
    return project.jobs.exclude(kind=Job.Kind.PREVIEW)


def _exports(project: Project) -> ExportQuerySet:
    return project.exports.order_by("-created_at", "platform").prefetch_related("files")


def _changes(project: Project, sent: int) -> Iterator[Message]:
    """Yield rows with a revision above `sent`, in order; the project, whose revision is the highest, comes last."""
    news = {"revision__gt": sent, "revision__lte": project.revision}
    frames = frames_with_candidates(project).filter(**news)
    jobs = list(_jobs(project).filter(**news))
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
