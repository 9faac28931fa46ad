"""Delete files of a project that no row names: of replaced frames, of runs that were cancelled or killed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from animations import storage
from animations.models import Candidate, ExportFile, GpuCall, Matte, PackFile, Project, Source

GRACE_PERIOD: Final = timedelta(minutes=2)
"""After a project's last change. A run that has lost its lease may still write for some seconds."""
BATCH_SIZE: Final = 20
MAX_SECONDS: Final = 3.0
REFERENCES: Final[tuple[tuple[type[models.Model], str, tuple[str, ...]], ...]] = (
    (Source, "project", ("original", "picture")),
    (Matte, "source__project", ("alpha", "cutout")),
    (Candidate, "frame__project", ("picture", "alpha", "cutout", "preview")),
    (ExportFile, "export__project", ("file",)),
    (PackFile, "pack__job__project", ("file",)),
)
"""The models that name files, each with its path to the project and its file columns."""


def sweep_changed_projects() -> int:
    """Sweep projects that have changed since their last sweep, oldest change first; return how many."""
    settled = Project.objects.unswept().filter(updated_at__lt=timezone.now() - GRACE_PERIOD)
    end, swept = time.monotonic() + MAX_SECONDS, 0
    for project_id in list(settled.order_by("updated_at").values_list("pk", flat=True)[:BATCH_SIZE]):
        swept += sweep(project_id)
        if time.monotonic() > end:
            break
    return swept


def sweep(project_id: UUID) -> bool:
    """Delete files that no row names and store the size of the others; return False while a job is live.

    The project's row is locked meanwhile, so that a new job, which might use one of these files, starts afterwards.
    """
    sizes = storage.project_sizes(project_id)
    with transaction.atomic():
        project = Project.objects.select_for_update().filter(pk=project_id).first()
        if project is None or project.jobs.live().exists():
            return False
        named = named_files(project_id)
        for name in sizes.keys() - named:
            storage.delete(name)
        kept = sum(sizes[name] for name in sizes.keys() & named)
        Project.objects.filter(pk=project_id).update(swept_revision=project.revision, stored_bytes=kept)
    return True


def count_stored_bytes(project_id: UUID) -> None:
    """Store the size of all files of the project, also of those that no row names any more.

    Who goes on changing a project is not swept meanwhile, and would else store more and more.
    """
    total = sum(storage.project_sizes(project_id).values())
    Project.objects.filter(pk=project_id).update(stored_bytes=total)


def named_files(project_id: UUID) -> set[str]:
    """Return the names of all files that a row of the project names."""
    named: set[str] = set()
    for model, path, columns in REFERENCES:
        for row in model._default_manager.filter(**{path: project_id}).values_list(*columns):
            named.update(filter(None, row))
    return named | set(_alphas(GpuCall.objects.filter(project=project_id).values_list("results", flat=True)))


def _alphas(results: Iterable[list[dict[str, str]]]) -> Iterable[str]:
    return (frame["alpha"] for frames in results for frame in frames if "alpha" in frame)


def mark_unswept(project_ids: Iterable[UUID | None]) -> None:
    """Mark projects to be swept again, after rows that named their files were deleted."""
    Project.objects.filter(pk__in={pk for pk in project_ids if pk}).update(swept_revision=Project.NEVER_SWEPT)
