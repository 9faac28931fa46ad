"""Print what the product's database and its files say, as JSON: `python -m tests.chaos.rows`, in its environment."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Final

import django

NO_FRAMES: Final = "No frame of this emoji is finished."
"""An export's error where the person has begun the emoji anew before it ran."""


def main() -> None:
    """Read jobs, GPU calls and the names of files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    from animations.models import Job

    unwell = Job.objects.exclude(status__in=("succeeded", "cancelled"))
    overtaken = unwell.filter(kind="export", status="failed", error=NO_FRAMES, project__generation__gt=1)
    jobs = unwell.exclude(pk__in=overtaken).values_list("pk", "kind", "status", "error")
    json.dump({"jobs": list(jobs), "overtaken": overtaken.count(), **files(), **calls()}, sys.stdout, default=str)


def files() -> dict[str, Any]:
    """Return the stored files that no row names, and the named ones that are not stored."""
    from animations import storage
    from animations.models import Project
    from animations.work.cleanup.project_files import named_files

    orphans, missing = [], []
    for project in Project.objects.values_list("pk", flat=True):
        stored, named = storage.project_files(project), named_files(project)
        orphans += sorted(stored - named)
        missing += sorted(named - stored)
    return {"orphans": orphans, "missing": missing}


def calls() -> dict[str, Any]:
    """Return how many calls there were, and how many of them may have been executed in vain."""
    from django.db.models import Q

    from animations.models import GpuCall

    unsure = Q(status__in=("uncertain", "cancelled", "failed")) | Q(cost_is_estimate=True)
    unsure |= Q(replaces_lost=True) | Q(replaces_uncertain=True)
    return {"calls": GpuCall.objects.count(), "unsure": GpuCall.objects.filter(unsure).count()}


if __name__ == "__main__":
    main()
