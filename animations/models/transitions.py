"""How state moves: one transaction that raises the project's revision, then a compare-and-set, then a hint.

Every change that a watcher should see happens inside `revise`. Raising the revision first locks the project's row,
so the changes of one project are in line behind each other and a row's revision never falls.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from animations import events


class IllegalTransition(Exception):
    """The row was not in a state from which this transition leads."""


class ProjectGone(Exception):
    """The project was deleted while somebody still worked on it."""


@contextmanager
def revise(project_id: UUID) -> Iterator[int]:
    """Open a transaction, raise the project's revision and yield it; publish the hint once it is committed.

    Raises `ProjectGone` when there is no such project.
    """
    from animations.models.project import Project  # noqa: PLC0415  (Project's own transitions use this module)

    with transaction.atomic():
        rows = Project.objects.filter(pk=project_id)
        if rows.update(revision=F("revision") + 1, updated_at=timezone.now()) != 1:
            raise ProjectGone(str(project_id))
        revision = rows.values_list("revision", flat=True).get()
        yield revision
        transaction.on_commit(partial(events.publish, project_id, revision))


def move(row: models.Model, sources: tuple[str, ...], **values: Any) -> None:
    """Compare-and-set of `row.status`: write `values` only if the stored status is one of `sources`.

    Raises `IllegalTransition` otherwise. The instance in memory is brought up to date.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, status__in=sources)
    if rows.update(**values) != 1:
        raise IllegalTransition(f"{type(row).__name__} {row.pk} cannot become {values.get('status')}")
    for name, value in values.items():
        setattr(row, name, value)
