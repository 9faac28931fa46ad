"""Whether an engine that somebody names can run at all, before a job is written for it."""

from __future__ import annotations

from animations.actions.errors import ActionError
from animations.models import EndpointState


def check_engine(engine: str, attr: str | None) -> None:
    """Refuse an engine that the endpoint's worker has lately said it cannot run; what is not known is tried.

    An endpoint that is out of reach refuses nothing here: that passes, and its jobs wait. Raises `ActionError` about
    the field `attr`.
    """
    state = EndpointState.objects.current()
    if state and state.is_info_fresh() and (reason := state.reason_against(engine)):
        raise ActionError("unavailable", reason, attr)
