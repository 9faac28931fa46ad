"""Swapping a frame's candidate. Undo is choosing the one before."""

from __future__ import annotations

from uuid import UUID

from animations.actions.errors import ActionError
from animations.models import Candidate, Frame
from animations.models.transitions import IllegalTransition, revise


def choose(frame: Frame, candidate_id: UUID) -> Frame:
    """Show this candidate in the frame's place. Raises `ActionError` when it is not a ready one of this frame."""
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
