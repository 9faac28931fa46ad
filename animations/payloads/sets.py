"""Sets as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from uuid import UUID

from animations.models import EmojiSet, Project
from animations.payloads.projects import project_list_payload
from animations.payloads.types import ProgressPayload, ProjectPayload, SetPayload, format_time

Status = Project.Status


def set_payload(emoji_set: EmojiSet) -> SetPayload:
    """Describe a set with its projects, without their frames."""
    return set_list_payload([emoji_set])[0]


def set_list_payload(sets: Iterable[EmojiSet]) -> list[SetPayload]:
    """Describe sets in as many queries as one of them."""
    rows = list(sets)
    projects = Project.objects.filter(emoji_set__in=rows, trashed_at=None).for_payload()
    held: dict[str, list[ProjectPayload]] = {}
    for payload in project_list_payload(projects.order_by("set_position", "pk")):
        held.setdefault(str(payload["set"]), []).append(payload)
    return [_set_payload(row, held.get(str(row.pk), [])) for row in rows]


def _set_payload(row: EmojiSet, projects: list[ProjectPayload]) -> SetPayload:
    return {
        "id": str(row.pk),
        "name": row.name,
        "status": status_of([project["status"] for project in projects]),
        "progress": _add([project["progress"] for project in projects]),
        "projects": projects,
        "cover": _cover(row.cover_id, [project["id"] for project in projects]),
        "created_at": format_time(row.created_at) or "",
    }


def status_of(statuses: Sequence[str]) -> str:
    """Return the status of a set: its projects' if all have one, `working` while one is, `partial` with frames."""
    found = set(statuses)
    if len(found) == 1:
        return found.pop()
    if Status.WORKING in found:
        return Status.WORKING
    return Status.PARTIAL if found & {Status.READY, Status.PARTIAL} else Status.FAILED


def _add(parts: Sequence[ProgressPayload]) -> ProgressPayload:
    done, total, failed = (sum(map(itemgetter(name), parts)) for name in ("done", "total", "failed"))
    return {"done": done, "total": total, "failed": failed}


def _cover(chosen: UUID | None, projects: Sequence[str]) -> str:
    return str(chosen) if str(chosen) in projects else next(iter(projects), "")
