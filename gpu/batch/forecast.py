"""The forecast of a run: the time that calls take, and from when on one is late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gpu.batch.execution_time import Timing, is_prior, pessimistic

HEDGE_AFTER: Final = 1.0
"""Seconds late below which nothing is thought lost: one look for a job may lie between."""
HEDGE_AFTER_PRIOR: Final = 60.0
"""The same where nobody has measured yet how long a frame takes."""


def hedge_after(redo: float) -> float:
    """Compute how late (in seconds) a call must be before its frames are sent a second time, to an idle worker.

    `redo` is what the second call would take. Of a call that is late nothing is known but that; the usual guess is
    that it will be late for as long again. So the second is cheaper than waiting once the first is late by `redo`.
    """
    return max(redo, HEDGE_AFTER)


def hedge_after_prior(redo: float) -> float:
    """Compute `hedge_after` where `redo` is a guess (`gpu.batch.execution_time.is_prior`)."""
    return max(hedge_after(redo), HEDGE_AFTER_PRIOR)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The time that a call is planned to take. `measured`: calls have shown it.

    Only a measured call is first asked about at its expected end. `hedge_after` is the rule above, in seconds.
    """

    timing: Timing
    measured: bool = True
    hedge_after: Callable[[float], float] = hedge_after

    @classmethod
    def from_known(cls, known: Timing) -> Forecast:
        """Forecast from what was learned; a prior is planned with as if it were far too low."""
        if is_prior(known):
            return cls(pessimistic(known), measured=False, hedge_after=hedge_after_prior)
        return cls(known)
