"""Let deleted projects grow old, and have the reconciler's steps delete them with their files; print what is left.

`python -m tests.chaos.abandoned`, in the product's environment: the steps wait for minutes and an hour otherwise.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import django

OLD_S: Final = 7200.0


def main() -> None:
    """Age the trash, and the files below the media folder that no project has, and sweep."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import timezone

    from animations import storage
    from animations.models import Project
    from animations.work.cleanup import deleted_projects

    Project.objects.filter(trashed_at__isnull=False).update(trashed_at=timezone.now() - timedelta(seconds=OLD_S))
    while deleted_projects.empty_trash():
        pass
    projects = set(Project.objects.values_list("pk", flat=True))
    for project_id in storage.project_ids() - projects:
        with suppress(FileNotFoundError):  # the product removes it at the same time
            kept = Path(settings.MEDIA_ROOT) / storage.folder(project_id)
            for path in (*kept.iterdir(), kept):
                os.utime(path, (time.time() - OLD_S,) * 2)
    cache.delete(deleted_projects._LAST_RUN_KEY)
    deleted_projects.delete_abandoned_folders()
    trashed = Project.objects.filter(trashed_at__isnull=False).values_list("pk", flat=True)
    left = {*trashed, *(storage.project_ids() - projects)}
    sys.stdout.write("\n".join(str(project_id) for project_id in left))


if __name__ == "__main__":
    main()
