"""Print what the product's database and its files say, as JSON: `python -m tests.chaos.rows`, in its environment."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Final

import django

CALL: Final = ("key", "status", "remote_id", "frame_keys", "replaces_uncertain", "replaces_lost", "error")


def main() -> None:
    """Read jobs, exports, GPU calls and the names of files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    json.dump({**work(), **files(), **calls()}, sys.stdout, default=str)


def work() -> dict[str, Any]:
    """Return projects, jobs and exports with their status, and what is unfinished although no job is live."""
    from animations.models import Candidate, Export, Frame, Job, Project

    busy = Project.objects.filter(jobs__status__in=Job.LIVE)
    unfinished = [
        *Project.objects.filter(status="working").exclude(pk__in=busy),
        *Frame.objects.filter(status__in=Frame.UNFINISHED).exclude(project__in=busy),
        *Candidate.objects.filter(status__in=("pending", "working")).exclude(job__status__in=Job.LIVE),
        *Export.objects.filter(status__in=Export.LIVE).exclude(job__status__in=Job.LIVE),
    ]
    jobs = Job.objects.values_list("pk", "status", "project", "kind", "error")
    exports = Export.objects.values_list("pk", "status", "project", "job", "error")
    return {
        "projects": list(Project.objects.values_list("pk", flat=True)),
        "jobs": {str(pk): rest for pk, *rest in jobs},
        "exports": {str(pk): rest for pk, *rest in exports},
        "unfinished": [f"{row._meta.model_name} {row.pk} {row.status}" for row in unfinished],
    }


def files() -> dict[str, Any]:
    """Return the stored files that no row names, those that are not stored, and folders without a project."""
    from animations import storage
    from animations.models import Project
    from animations.work.cleanup.project_files import named_files

    orphans, missing = [], []
    projects = set(Project.objects.values_list("pk", flat=True))
    for project in projects:
        stored, named = storage.project_files(project), named_files(project)
        orphans += sorted(stored - named)
        missing += sorted(named - stored)
    return {"orphans": orphans, "missing": missing, "abandoned": sorted(storage.project_ids() - projects)}


def calls() -> dict[str, Any]:
    """Return the ledger of GPU calls."""
    from animations.models import GpuCall

    return {"calls": list(GpuCall.objects.order_by("created_at").values(*CALL))}


if __name__ == "__main__":
    main()
