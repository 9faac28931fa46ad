"""Refine candidates by a tool: always new candidates, whose parents are the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from animations.actions.engines import check_background, check_gpu
from animations.actions.errors import ActionError
from animations.actions.frames import delete_failed_candidates, make_room, next_ordinals
from animations.actions.jobs import enqueue, live_job, live_or_busy, start_once
from animations.actions.refine.tools import RefineTool
from animations.matte.engines import needs_gpu
from animations.matte.refine_tools import MATTE
from animations.models import Candidate, Frame, Job, Project

ApplyTo = str | Sequence[int]


def refine(frame: Frame, candidate: UUID, tool: RefineTool, apply_to: ApplyTo = "frame") -> Job:
    """Make a new candidate of `frame` from `candidate` by `tool`, and of other frames from their chosen ones.

    `apply_to` is `"frame"`, `"all"` or a list of indices, which need not name `frame`'s own. An equal request while
    one is live gets its job. Raises `ActionError` for an unknown tool or target, `Busy` while other work on
    one of the frames is under way.
    """
    tool.check()

    def start(revision: int) -> Job:
        used = tool.with_engine(frame.project)
        params = {"candidate": str(candidate), "apply_to": _to_json(apply_to), **used.params(frame.project_id)}
        frames = _targets(frame, apply_to)
        if live := live_job(frame.project_id, frames):
            return live_or_busy(live, "frame", is_equal=live.matches(Job.Kind.REFINE, frame, params))
        parents = _parents(frame, frames, candidate)
        if tool.name == MATTE:
            _check_engine(frame.project, tool.engine)
        job = _create_rows(frame, revision, parents, params)
        tool.store_stroke(frame.project_id)
        return job

    return start_once(frame.project, start)


def _check_engine(project: Project, engine: str) -> None:
    if project.generator != Project.Generator.CLIP:
        check_background(project.source, engine, "engine")
    if needs_gpu(engine):
        check_gpu(project, engine, "engine")


def _to_json(apply_to: ApplyTo) -> str | list[int]:
    return apply_to if isinstance(apply_to, str) else sorted(set(apply_to))


def _targets(frame: Frame, apply_to: ApplyTo) -> list[Frame]:
    """Return the frames to refine, in order. Raises `ActionError` for an index without a frame."""
    current: QuerySet[Frame] = frame.project.current_frames().select_related("chosen")
    if apply_to == "frame":
        return [frame]
    if apply_to == "all":
        return list(current)
    found = list(current.filter(index__in=list(apply_to)))
    if not found or isinstance(apply_to, str) or len(found) != len(set(apply_to)):
        raise ActionError("invalid", "apply_to must be “frame”, “all” or indices of this emoji's frames.", "apply_to")
    return found


def _parents(frame: Frame, frames: Sequence[Frame], candidate_id: UUID) -> dict[Frame, Candidate]:
    """Return what is refined on each frame: the candidate named, and of other frames the chosen or latest one."""
    named = frame.candidates.filter(pk=candidate_id).first()
    if named is None:
        raise ActionError("does_not_exist", "This frame has no such candidate.", "candidate")
    if named.status == Candidate.Status.PENDING:
        raise ActionError("not_ready", "This candidate is not ready yet.", "candidate", status=409)
    latest = latest_ended([other for other in frames if other.chosen_id is None and other != frame])
    parents = [(other, named if other == frame else other.chosen or latest.get(other.pk)) for other in frames]
    found = {other: parent for other, parent in parents if parent is not None}
    if not found:
        raise ActionError("not_ready", "None of these frames has anything to refine yet.", "apply_to", status=409)
    return found


def latest_ended(frames: Sequence[Frame]) -> dict[UUID, Candidate]:
    """Return the last candidate that is ready or failed, by the frame's id, of frames that have one."""
    ended = Candidate.objects.filter(frame__in=frames).exclude(status=Candidate.Status.PENDING).order_by("ordinal")
    return {candidate.frame_id: candidate for candidate in ended}


def _create_rows(frame: Frame, revision: int, parents: dict[Frame, Candidate], params: dict[str, Any]) -> Job:
    """Write the rows of a refine. Inside `revise`."""
    job = enqueue(
        frame.project,
        frame=frame,
        kind=Job.Kind.REFINE,
        params=params,
        revision=revision,
        total=len(parents),
    )
    create_candidates(job, revision, parents, params.get("engine"))
    return job


def create_candidates(job: Job, revision: int, parents: dict[Frame, Candidate], engine: str | None) -> None:
    """Write one new candidate on each frame, matted by `engine` or (None) as its parent. Inside `revise`.

    A parent that failed, and has no picture, can be matted too: that is what helps a frame that failed.
    """
    delete_failed_candidates(list(parents), parents.values())
    if job.frame_id is None:
        make_room(list(parents), parents.values())
    ordinals = next_ordinals(list(parents), 1)
    Candidate.objects.bulk_create(
        _candidate(job, target, ordinals[target], parent, engine) for target, parent in parents.items()
    )
    Frame.objects.start_all(list(parents), revision)


def _candidate(job: Job, frame: Frame, ordinal: int, parent: Candidate, engine: str | None) -> Candidate:
    return Candidate(
        frame=frame,
        job=job,
        ordinal=ordinal,
        origin=Candidate.Origin.REFINED,
        parent=parent,
        prompt=parent.prompt,
        engine=parent.engine if engine is None else engine,
        recipe=parent.recipe,
    )
