"""Move state: one transaction that raises the project's revision, then a compare-and-set, then a hint.

Every change that a subscriber should see happens inside `revise`. Raising the revision first locks the project's row,
so the changes of one project come one after the other and a row's revision never falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from animations import events


class JobStatus(models.TextChoices):
    """The statuses of a job and of an export."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE: Final = (JobStatus.QUEUED, JobStatus.RUNNING)


class FrameStatus(models.TextChoices):
    """The statuses of a frame and of a candidate; a candidate is never `working`."""

    PENDING = "pending"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


ERROR_LENGTH: Final = 300
"""Characters of the sentence in which a row says why it failed."""


class IllegalTransition(Exception):
    """The row was not in a state from which this transition leads."""


class ProjectGone(Exception):
    """The project was deleted while work on it went on."""


@contextmanager
def revise(project_id: UUID, *, also_trashed: bool = False) -> Iterator[int]:
    """Open a transaction, raise the project's revision and yield it; publish the hint once it is committed.

    Raises `ProjectGone` when there is no such project, or it is in the trash, unless `also_trashed`.
    """
    from animations.models.project import Project  # noqa: PLC0415  (Project's own transitions use this module)

    with transaction.atomic():
        rows = Project.objects.filter(pk=project_id)
        if not also_trashed:
            rows = rows.filter(trashed_at=None)
        if rows.update(revision=F("revision") + 1, updated_at=timezone.now()) != 1:
            raise ProjectGone(str(project_id))
        revision = rows.values_list("revision", flat=True).get()
        yield revision
        transaction.on_commit(partial(events.publish, project_id, revision))


def move(row: models.Model, sources: tuple[str, ...], **values: Any) -> None:
    """Write `values` only if the stored status of `row` is one of `sources` (compare-and-set).

    Raises `IllegalTransition` otherwise. The instance in memory is brought up to date.
    """
    move_all([row], sources, **values)


def move_all(rows: Sequence[models.Model], sources: tuple[str, ...], **values: Any) -> None:
    """Move several rows of one model in one query. Inside `revise`.

    Raises `IllegalTransition` if one of them is not in `sources`; the transaction of `revise` then moves none.
    """
    if not rows:
        return
    model = type(rows[0])
    found = model._default_manager.filter(pk__in=[row.pk for row in rows], status__in=sources)
    if found.update(**values) != len(rows):
        named = f"{model.__name__} {rows[0].pk}" if len(rows) == 1 else f"One of {len(rows)} {model.__name__}s"
        raise IllegalTransition(f"{named} cannot become {values.get('status')}")
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
