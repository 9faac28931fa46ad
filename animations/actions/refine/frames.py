"""A candidate mended by a tool: always a new candidate, whose parent is the old one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet

from animations.actions.engines import check_engine
from animations.actions.errors import ActionError, Busy
from animations.actions.frames import delete_failed_candidates, next_ordinals
from animations.actions.jobs import live_job
from animations.actions.plan.generation import check_ground
from animations.actions.quota import check_quota
from animations.actions.refine.tools import Tool
from animations.matte.engines import needs_gpu
from animations.matte.refine_tools import MATTE
from animations.models import Candidate, Frame, Job, Project
from animations.models.transitions import revise

SETTLED: Final = (Candidate.Status.READY, Candidate.Status.FAILED)
"""A candidate without a picture can be matted too: that is what one does about a frame that failed."""

ApplyTo = str | Sequence[int]


def refine(frame: Frame, candidate: UUID, tool: Tool, apply_to: ApplyTo = "frame") -> Job:
    """A new candidate of `frame` made from `candidate` by `tool`, and of other frames from their chosen ones.

    `apply_to` is `"frame"`, `"all"` or a list of indices, which need not name `frame`'s own. An equal request while
    one is live gets the live job. Raises `ActionError` for what cannot be granted, `Busy` while other work on one of
    the frames is under way.
    """
    tool.check()
    params = {"candidate": str(candidate), "apply_to": _plain(apply_to), **tool.params()}
    try:
        with revise(frame.project_id) as revision:
            frames = _frames(frame, apply_to)
            live = live_job(frame.project_id, frames)
            if live:
                return _same_or_busy(live, frame, params)
            parents = _parents(frame, frames, candidate)
            if tool.name == MATTE:
                _check_engine(frame.project, tool.engine)
            return _begin(frame, revision, parents, params)
    except IntegrityError:
        live = live_job(frame.project_id, [frame])
        if live is None:
            raise
        return _same_or_busy(live, frame, params)


def _check_engine(project: Project, engine: str) -> None:
    if project.generator != Project.Generator.CLIP:
        check_ground(project.source, engine, "engine")
    if needs_gpu(engine):
        check_engine(engine, "engine")
        check_quota(project.owner)


def _plain(apply_to: ApplyTo) -> str | list[int]:
    return apply_to if isinstance(apply_to, str) else sorted(set(apply_to))


def _frames(frame: Frame, apply_to: ApplyTo) -> list[Frame]:
    """The frames that a new candidate is made for, in order. Raises `ActionError` for an index without a frame."""
    project = frame.project
    project.refresh_from_db()
    current: QuerySet[Frame] = project.current_frames().select_related("chosen")
    if apply_to == "frame":
        return [frame]
    if apply_to == "all":
        return list(current)
    found = list(current.filter(index__in=list(apply_to)))
    if not found or isinstance(apply_to, str) or len(found) != len(set(apply_to)):
        raise ActionError("invalid", "apply_to must be “frame”, “all” or indices of this emoji's frames.", "apply_to")
    return found


def _same_or_busy(live: Job, frame: Frame, params: dict[str, Any]) -> Job:
    if (live.kind, live.frame_id, live.params) == (Job.Kind.REFINE, frame.pk, params):
        return live
    raise Busy.on("frame")


def _parents(frame: Frame, frames: Sequence[Frame], candidate_id: UUID) -> dict[Frame, Candidate]:
    """What is refined on each frame: the candidate that was named, and of other frames the chosen or latest one."""
    named = frame.candidates.filter(pk=candidate_id).first()
    if named is None:
        raise ActionError("does_not_exist", "This frame has no such candidate.", "candidate")
    if named.status not in SETTLED:
        raise ActionError("not_ready", "This candidate is not ready yet.", "candidate", status=409)
    latest = latest_settled([other for other in frames if other.chosen_id is None and other != frame])
    parents = [(other, named if other == frame else other.chosen or latest.get(other.pk)) for other in frames]
    found = {other: parent for other, parent in parents if parent is not None}
    if not found:
        raise ActionError("not_ready", "None of these frames has anything to refine yet.", "apply_to", status=409)
    return found


def latest_settled(frames: Sequence[Frame]) -> dict[UUID, Candidate]:
    """The last candidate, by the frame's id, of those frames that have a settled one."""
    settled = Candidate.objects.filter(frame__in=frames, status__in=SETTLED).order_by("ordinal")
    return {candidate.frame_id: candidate for candidate in settled}


def _begin(frame: Frame, revision: int, parents: dict[Frame, Candidate], params: dict[str, Any]) -> Job:
    """The rows of a refine. Inside `revise`."""
    job = Job.enqueue(
        project_id=frame.project_id,
        frame=frame,
        kind=Job.Kind.REFINE,
        params=params,
        revision=revision,
        total=len(parents),
    )
    return begin_candidates(job, revision, parents, job.params.get("engine"))


def begin_candidates(job: Job, revision: int, parents: dict[Frame, Candidate], engine: str | None) -> Job:
    """One new candidate on each frame, refined from its parent, and the job on its queue. Inside `revise`.

    They are cut by `engine`; None keeps each parent's.
    """
    delete_failed_candidates(list(parents), parents.values())
    ordinals = next_ordinals(list(parents), 1)
    Candidate.objects.bulk_create(
        _candidate(job, target, ordinals[target], parent, engine) for target, parent in parents.items()
    )
    Frame.objects.work(list(parents), revision)
    return job


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
