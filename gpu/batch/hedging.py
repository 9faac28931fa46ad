"""Decide when a late call is hedged: when an idle worker is looked for, to send it the frames a second time."""

from __future__ import annotations

from typing import Final

AFTER_S: Final = 1.0
"""Seconds late below which nothing is thought lost: one look for a job may lie between."""
AFTER_PRIOR_S: Final = 60.0
"""The same where nobody has measured yet how long a frame takes."""
RECHECK_S: Final = 2.0
"""Seconds between two looks for an idle worker while a call is late."""
CONFIRM_S: Final = 0.3
"""Seconds until an idle worker that was seen is looked for again; the call has been polled meanwhile."""


def hedge_after(redo: float) -> float:
    """Compute how late (in seconds) a call must be before its frames are sent a second time, to an idle worker.

    `redo` is what the second call would take. Of a call that is late nothing is known but that; the usual guess is
    that it will be late for as long again. So the second is cheaper than waiting once the first is late by `redo`.
    """
    return max(redo, AFTER_S)


def hedge_after_prior(redo: float) -> float:
    """Compute `hedge_after` where `redo` is a guess (`gpu.batch.execution_time.is_prior`)."""
    return max(hedge_after(redo), AFTER_PRIOR_S)
