"""A frame's candidates: choose one, and make room for more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Count, Max

from animations.actions.errors import ActionError
from animations.models import Candidate, Frame
from animations.models.transitions import IllegalTransition, revise

MAX_CANDIDATES: Final = 40
"""The most candidates of one frame, whatever made them."""


def choose(frame: Frame, candidate_id: UUID) -> Frame:
    """Show this candidate in the frame's place. Raises `ActionError` unless it is a ready one of this frame."""
    candidate = Candidate.objects.filter(frame=frame, pk=candidate_id).first()
    if candidate is None:
        raise ActionError("does_not_exist", "This frame has no such candidate.", "candidate")
    try:
        with revise(frame.project_id) as revision:
            frame.refresh_from_db()
            candidate.refresh_from_db()
            frame.choose(revision, candidate)
    except IllegalTransition:
        raise ActionError("not_ready", "This candidate is not ready yet.", "candidate", status=409) from None
    return frame


def delete_failed_candidates(frames: Sequence[Frame], parents: Collection[Candidate]) -> None:
    """Delete the failed candidates of earlier retries and refines, except the `parents` of new ones.

    They show nothing, their errors have been read, and they would count against `MAX_CANDIDATES`.
    """
    requested = (Candidate.Origin.RETRIED, Candidate.Origin.REFINED)
    failed = Candidate.objects.filter(frame__in=frames, origin__in=requested, status=Candidate.Status.FAILED)
    failed.filter(children=None).exclude(pk__in=[parent.pk for parent in parents]).delete()


def delete_proposals(frames: Sequence[Frame]) -> None:
    """Delete the candidates of these frames that waited to be chosen and were not, but for those with children."""
    proposals = Candidate.objects.filter(frame__in=frames, confidence__isnull=False, children=None)
    proposals.exclude(pk__in=[frame.chosen_id for frame in frames if frame.chosen_id]).delete()


def next_ordinals(frames: Sequence[Frame], count: int) -> dict[Frame, int]:
    """Return the first free ordinal of each frame for `count` more candidates.

    Raises `ActionError` when one of the frames has no room for them.
    """
    made = Candidate.objects.filter(frame__in=frames).values("frame").annotate(last=Max("ordinal"), made=Count("pk"))
    last = {row["frame"]: row["last"] for row in made}
    if any(row["made"] + count > MAX_CANDIDATES for row in made):
        raise ActionError("too_many", f"A frame has at most {MAX_CANDIDATES} candidates.", "candidates")
    return {frame: last[frame.pk] + 1 if frame.pk in last else 0 for frame in frames}


def make_room(frames: Sequence[Frame], kept: Collection[Candidate]) -> None:
    """Delete the oldest redrawn candidates of frames that are full, but for those `kept` or chosen. Inside `revise`.

    Going back to their mattes draws them again. Their children get their parents as parents.
    """
    chosen = {frame.chosen_id for frame in frames}
    for frame in frames:
        over = frame.candidates.count() + 1 - MAX_CANDIDATES
        redrawn = frame.candidates.filter(origin=Candidate.Origin.REFINED, job__isnull=False, job__frame=None)
        spare = (
            redrawn.exclude(matte=None)
            .exclude(pk__in=[*chosen, *(candidate.pk for candidate in kept)])
            .order_by("ordinal")
        )
        for candidate in spare[: max(0, over)]:
            candidate.children.update(parent=candidate.parent_id)
            candidate.delete()
