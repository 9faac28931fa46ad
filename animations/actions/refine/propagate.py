"""Carry the correction of one frame of a clip to its other frames, as candidates that wait to be chosen."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from animations.actions.engines import propagation_engine
from animations.actions.errors import ActionError
from animations.actions.frames import delete_proposals
from animations.actions.jobs import enqueue, live_job, live_or_busy, start_once
from animations.actions.refine.frames import create_candidates
from animations.matte.refine_tools import LOCAL, PROPAGATE
from animations.models import Candidate, Frame, Job, Project

NOT_A_CLIP: Final = "The frames of a drawn emoji follow its picture: mend that, and they follow."
NOT_CORRECTED: Final = "Mend this frame first, with a stroke or a tap: that is carried to the other frames."
NO_OTHERS: Final = "There is no other frame that is ready."


def propagate(frame: Frame, candidate_id: UUID) -> Job:
    """Carry what was mended in a candidate of `frame`, since its frame was last made or mended with others.

    Each other frame that is ready gets a candidate, whose parent is its chosen one and which is not chosen. An equal
    request while one is live gets its job. Raises `ActionError` for drawn frames and for a candidate in which nothing
    was mended at a place, `Busy` while other work on one of the frames is under way.
    """

    def start(revision: int) -> Job:
        if frame.project.generator != Project.Generator.CLIP:
            raise ActionError("unavailable", NOT_A_CLIP, "candidate")
        corrected = frame.candidates.filter(pk=candidate_id, status=Candidate.Status.READY).first()
        if corrected is None:
            raise ActionError("does_not_exist", "This frame has no such candidate.", "candidate")
        before = _before_correction(corrected)
        if before == corrected:
            raise ActionError("invalid", NOT_CORRECTED, "candidate")
        engine = propagation_engine(frame.project)
        params = {"tool": PROPAGATE, "candidate": str(corrected.pk), "before": str(before.pk), "engine": engine}
        frames = list(frame.project.current_frames().select_related("chosen"))
        if live := live_job(frame.project_id, frames):
            return live_or_busy(live, "emoji", is_equal=live.matches(Job.Kind.REFINE, frame, params))
        return _create_rows(frame, revision, _parents(frame, frames), params)

    return start_once(frame.project, start)


def _before_correction(candidate: Candidate) -> Candidate:
    """Return what a candidate was mended from, step by step, on its own frame alone."""
    before = candidate
    while before.parent and before.job and _is_correction(before.job):
        before = before.parent
    return before


def _is_correction(job: Job) -> bool:
    return job.params.get("tool") in LOCAL and job.params.get("apply_to") == "frame"


def _parents(frame: Frame, frames: list[Frame]) -> dict[Frame, Candidate]:
    others = {other: other.chosen for other in frames if other != frame and other.chosen is not None}
    ready = {other: chosen for other, chosen in others.items() if chosen.status == Candidate.Status.READY}
    if not ready:
        raise ActionError("not_ready", NO_OTHERS, "candidate", status=409)
    return ready


def _create_rows(frame: Frame, revision: int, parents: dict[Frame, Candidate], params: dict[str, str]) -> Job:
    job = enqueue(
        frame.project, frame=frame, kind=Job.Kind.REFINE, params=params, revision=revision, total=len(parents)
    )
    delete_proposals(list(parents))
    create_candidates(job, revision, parents, None)
    return job
