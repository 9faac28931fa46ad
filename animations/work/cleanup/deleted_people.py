"""Delete people and their projects, for some seconds of each round."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from animations.models import Guest, PersonDeletion, Project
from animations.models.transitions import ProjectGone

MAX_SECONDS: Final = 3.0
GUEST_BATCH_SIZE: Final = 200


def end_guests() -> int:
    """Request the deletion of guests that are outdated; return how many."""
    outdated = list(Guest.objects.outdated().select_related("user")[:GUEST_BATCH_SIZE])
    for guest in outdated:
        PersonDeletion.request(guest.user)
    return len(outdated)


def delete_people() -> int:
    """Delete projects of people who are to be deleted, and people without projects; return how many of these."""
    end, gone = time.monotonic() + MAX_SECONDS, 0
    for deletion in PersonDeletion.objects.select_related("user").order_by("asked_at", "pk"):
        if not _delete_projects(deletion.user_id, end):
            break
        deletion.user.delete()
        gone += 1
        if time.monotonic() > end:
            break
    return gone


def _delete_projects(owner_id: int, end: float) -> bool:
    """Delete the person's projects, and return whether none is left at the end of this round."""
    projects = Project.objects.filter(owner_id=owner_id).order_by("pk")
    while project := projects.first():
        with suppress(ProjectGone):
            project.delete()
        if time.monotonic() > end:
            return not projects.exists()
    return True
