"""Delete projects that nobody took out of the trash, and folders that a deletion or an upload has left."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from animations import storage
from animations.models import Project
from animations.models.transitions import ProjectGone

INTERVAL: Final = timedelta(hours=1)
GRACE_PERIOD: Final = timedelta(hours=1)
"""After its last file was written. The files of an upload are stored before its row.

A clock that is set back leaves files of a time to come: those that are further ahead are no upload under way either.
"""
BATCH_SIZE: Final = 200
MAX_SECONDS: Final = 3.0
"""Of a round, for the trash."""
IDS_PER_QUERY: Final = 500
_LAST_RUN_KEY: Final = "folders-of-deleted-projects"


def empty_trash() -> int:
    """Delete the projects that were in the trash for as long as they are kept there; return how many."""
    end, gone = time.monotonic() + MAX_SECONDS, 0
    for project in Project.objects.to_be_deleted()[:BATCH_SIZE]:
        with suppress(ProjectGone):
            project.delete()
            gone += 1
        if time.monotonic() > end:
            break
    return gone


def delete_abandoned_folders() -> int:
    """Once an hour, delete folders whose project has no row; return how many."""
    if not cache.add(_LAST_RUN_KEY, 1, INTERVAL.total_seconds()):
        return 0
    abandoned = list(islice(filter(_is_old, _without_row()), BATCH_SIZE))
    for project_id in abandoned:
        storage.delete_project_files(project_id)
    return len(abandoned)


def _without_row() -> list[UUID]:
    stored = sorted(storage.project_ids())
    existing: set[UUID] = set()
    for start in range(0, len(stored), IDS_PER_QUERY):
        some = stored[start : start + IDS_PER_QUERY]
        existing.update(Project.objects.filter(pk__in=some).values_list("pk", flat=True))
    return [project_id for project_id in stored if project_id not in existing]


def _is_old(project_id: UUID) -> bool:
    written = storage.last_written(project_id)
    return written is None or abs(timezone.now() - written) > GRACE_PERIOD
