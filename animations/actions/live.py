"""What is under way on a frame, and whether there is room for more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Max, Q

from animations.actions.errors import ActionError
from animations.models import Candidate, Frame, Job

MOST_CANDIDATES: Final = 40
"""Of one frame, over all that is made of it."""


def live_job(project_id: UUID, frames: Sequence[Frame]) -> Job | None:
    """The live job that would meet one on these frames: one of theirs, or a generate of the whole project."""
    jobs = Job.objects.live().filter(project=project_id)
    made = Candidate.objects.filter(frame__in=frames).values("job")
    theirs = Q(frame__in=frames) | Q(pk__in=made) | Q(kind=Job.Kind.GENERATE)
    return jobs.exclude(kind=Job.Kind.EXPORT).filter(theirs).order_by("-created_at").first()


def drop_failures(frames: Sequence[Frame], parents: Collection[Candidate]) -> None:
    """Delete what could not be made of earlier requests on these frames, except `parents` of what is made now.

    It has been read, there is nothing to see in it, and it would take the room of what can be made.
    """
    on_request = (Candidate.Origin.RETRIED, Candidate.Origin.REFINED)
    asked = Candidate.objects.filter(frame__in=frames, origin__in=on_request)
    failed = asked.filter(status=Candidate.Status.FAILED, children=None)
    failed.exclude(pk__in=[parent.pk for parent in parents]).delete()


def next_ordinals(frames: Sequence[Frame], count: int) -> dict[Frame, int]:
    """The first number for `count` more candidates of each frame.

    Raises `ActionError` when one of the frames has no room for them.
    """
    made = Candidate.objects.filter(frame__in=frames).values("frame")
    last = dict(made.annotate(last=Max("ordinal")).values_list("frame", "last"))
    found = {frame: last[frame.pk] + 1 if frame.pk in last else 0 for frame in frames}
    if any(first + count > MOST_CANDIDATES for first in found.values()):
        raise ActionError("too_many", f"A frame has at most {MOST_CANDIDATES} candidates.", "candidates")
    return found
