"""Refuse a matting engine that cannot be used, before a job is written for it."""

from __future__ import annotations

from animations.actions.errors import ActionError
from animations.actions.quota import check_quota
from animations.matte.engines import NO_WHITE_BACKGROUND, WHITE, Background
from animations.models import EndpointState, Project, Source


def check_engine(engine: str, attr: str | None) -> None:
    """Refuse an engine that the endpoint's worker has lately said it cannot run; what is not known is tried.

    An endpoint that is out of reach refuses nothing: its jobs wait. Raises `ActionError` about the field `attr`.
    """
    state = EndpointState.objects.current()
    if state and state.is_info_fresh() and (reason := state.reason_against(engine)):
        raise ActionError("unavailable", reason, attr)


def check_gpu(project: Project, engine: str, attr: str) -> None:
    """Refuse work of an engine that cannot run, or that the owner's quota does not cover.

    `auto` is no engine that a worker speaks of, so only the quota counts for it. Raises `ActionError`.
    """
    check_engine(engine, attr)
    check_quota(project.owner)


def check_background(source: Source, engine: str, attr: str = "matte") -> None:
    """Refuse to key a picture that stands on no plain white; of a clip, each frame is measured when it is made.

    Raises `ActionError` about the field `attr`.
    """
    if engine == WHITE and source.background != Background.WHITE:
        raise ActionError("no_white_ground", NO_WHITE_BACKGROUND, attr)
