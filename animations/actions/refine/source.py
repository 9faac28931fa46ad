"""Refine the matte of a project's source, so that its frames are drawn anew."""

from __future__ import annotations

from animations.actions.engines import check_background, check_gpu
from animations.actions.errors import ActionError
from animations.actions.jobs import enqueue, live_job, live_or_busy, start_once
from animations.actions.refine.chain import supersede
from animations.actions.refine.frames import create_candidates, latest_ended
from animations.actions.refine.tools import RefineTool
from animations.matte.engines import needs_gpu
from animations.matte.refine_tools import MATTE, REMATTES
from animations.models import Candidate, Frame, Job, Project, Source


def refine_source(project: Project, tool: RefineTool) -> Job:
    """Refine the matte of the project's source by `tool`, and have new candidates of all frames drawn of it.

    An equal request while one is live gets its job. Raises `ActionError` for a tool that cannot be used, `Busy` while
    other work on the frames is under way.
    """
    tool.check()
    return start_once(project, lambda revision: _start(project, tool.with_engine(project), revision))


def _start(project: Project, tool: RefineTool, revision: int) -> Job:
    frames = list(project.current_frames().select_related("chosen"))
    options = tool.params(project.pk)
    if live := live_job(project.pk, frames):
        params = {"matte": live.params.get("matte"), **options}
        if live.matches(Job.Kind.REFINE, None, params) or not supersede(project, frames, project.source, revision):
            return live_or_busy(live, "emoji", is_equal=live.matches(Job.Kind.REFINE, None, params))
    source = _matted_source(project)
    assert source.matte is not None
    _check(project, source, tool)
    job = enqueue(
        project,
        kind=Job.Kind.REFINE,
        params={"matte": str(source.matte.pk), **options},
        revision=revision,
        total=len(frames),
    )
    create_candidates(job, revision, _parents(frames), tool.engine or source.matte.engine)
    tool.store_stroke(project.pk)
    return job


def _matted_source(project: Project) -> Source:
    """Return the source with the matte that its frames were drawn of."""
    if project.generator == Project.Generator.CLIP:
        detail = "The frames of a clip are cut out one by one. Refine one of them, and others with it."
        raise ActionError("unavailable", detail, "tool")
    source = Source.objects.select_related("matte").get(project=project)
    if source.matte is None:
        raise ActionError("not_ready", "The picture has no matte yet.", "tool", status=409)
    return source


def _check(project: Project, source: Source, tool: RefineTool) -> None:
    tool.check_within(source.width, source.height)
    if tool.name in REMATTES:
        check_background(source, tool.engine, "engine" if tool.name == MATTE else "tool")
    if tool.name == MATTE and needs_gpu(tool.engine) and not source.mattes.filter(engine=tool.engine).exists():
        check_gpu(project, tool.engine, "engine")


def _parents(frames: list[Frame]) -> dict[Frame, Candidate]:
    """Return the candidate that is drawn anew on each frame: the chosen one, or else the last that failed."""
    latest = latest_ended([frame for frame in frames if frame.chosen_id is None])
    found = {frame: frame.chosen or latest.get(frame.pk) for frame in frames}
    parents = {frame: parent for frame, parent in found.items() if parent is not None}
    if not parents:
        raise ActionError("not_ready", "There are no frames to draw anew yet.", "tool", status=409)
    return parents
