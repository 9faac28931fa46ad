"""The forecast of a run: what was measured is relied on, a prior is planned with as if it were far too low."""

from __future__ import annotations

from gpu.batch.execution_time import Timing, pessimistic, prior
from gpu.batch.forecast import Forecast
from gpu.batch.hedging import hedge_after, hedge_after_prior


def test_a_measured_time_is_planned_with_as_it_is() -> None:
    known = Timing(50.0, 100.0, samples=3.0)
    assert Forecast.from_known(known) == Forecast(known, measured=True, hedge_after=hedge_after)


def test_a_prior_is_planned_with_pessimistically_and_not_relied_on() -> None:
    known = prior("rembg")
    forecast = Forecast.from_known(known)
    assert (forecast.timing, forecast.measured) == (pessimistic(known), False)
    assert forecast.hedge_after is hedge_after_prior
