"""Refuse a matting engine that cannot be used, before a job is written for it."""

from __future__ import annotations

from animations.actions.errors import ActionError
from animations.actions.quota import check_gpu_time
from animations.matte.engines import FLOW, GRABCUT, NO_WHITE_BACKGROUND, SAM, SAM_CLIP, WHITE, Background
from animations.models import EndpointState, Project, Source


def check_engine(engine: str, attr: str | None) -> None:
    """Refuse an engine that the endpoint's worker has lately reported as unavailable; an unknown one is tried.

    What was reported too long ago refuses nothing. Raises `ActionError` about the field `attr`.
    """
    state = EndpointState.objects.current()
    if state and state.is_info_fresh() and (reason := state.reason_against(engine)):
        raise ActionError("unavailable", reason, attr)


def check_gpu(project: Project, engine: str, attr: str) -> None:
    """Refuse work of an engine that cannot run, or that the owner's quota does not cover.

    `auto` is not an engine of the worker, so only the quota applies to it. Raises `ActionError`.
    """
    check_engine(engine, attr)
    check_gpu_time(project.owner)


def check_background(source: Source, engine: str, attr: str = "matte") -> None:
    """Refuse to key a picture without a plain white background; a clip's frames are measured by its job.

    Raises `ActionError` about the field `attr`.
    """
    if engine == WHITE and source.background != Background.WHITE:
        raise ActionError("no_white_ground", NO_WHITE_BACKGROUND, attr)


def points_engine(project: Project) -> str:
    """Return the engine that follows taps: SAM 2 where the endpoint says it has it and the quota covers it."""
    return SAM if _can_use(project, SAM) else GRABCUT


def propagation_engine(project: Project) -> str:
    """Return the engine that carries a correction through a clip: SAM 2 under those conditions, else the motion."""
    return SAM_CLIP if _can_use(project, SAM_CLIP) else FLOW


def _can_use(project: Project, task: str) -> bool:
    state = EndpointState.objects.current()
    if state is None or not state.is_info_fresh() or state.reason_against(task) != "":
        return False
    try:
        check_gpu_time(project.owner)
    except ActionError:
        return False
    return True
