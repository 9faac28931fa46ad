"""The forecast of a run: the time that its calls are planned to take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpu.batch.execution_time import Timing, is_prior, pessimistic
from gpu.batch.hedging import hedge_after, hedge_after_prior


@dataclass(frozen=True, slots=True)
class Forecast:
    """The time that a call is planned to take. `measured`: calls have shown it.

    Only a measured call is first asked about at its expected end. `hedge_after` is one of `gpu.batch.hedging`.
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
