"""RunPod's two scalers: how many workers an endpoint wants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Demand:
    """The jobs that ask for workers: how long each waits in the queue (seconds), and how many run."""

    waits: tuple[float, ...] = ()
    running: int = 0


class Scaler(Protocol):
    """A rule for the number of workers, before the endpoint's minimum and maximum are applied."""

    def wanted(self, demand: Demand) -> int: ...


@dataclass(frozen=True, slots=True)
class QueueDelay:
    """A worker for each job that runs or has waited `seconds`; the first at once where there would be none.

    RunPod says only that workers are added while requests wait longer than the threshold. That it wakes the first
    worker of an empty endpoint without that wait, and one per late job, is read from reported delay times.
    """

    seconds: float = 4.0

    def wanted(self, demand: Demand) -> int:
        late = sum(wait >= self.seconds for wait in demand.waits)
        return max(demand.running + late, 1 if demand.waits else 0)


@dataclass(frozen=True, slots=True)
class RequestCount:
    """ceil((in queue + in progress) / `value`) workers, RunPod's own formula."""

    value: int = 4

    def wanted(self, demand: Demand) -> int:
        return math.ceil((len(demand.waits) + demand.running) / self.value)


def read_scaler(text: str) -> Scaler:
    """Read `queue_delay:SECONDS` or `request_count:JOBS`; the number defaults to 4. Raises `ValueError`."""
    kind, _, number = text.partition(":")
    if kind == "queue_delay" and float(number or 4) >= 0:
        return QueueDelay(float(number or 4))
    if kind == "request_count" and int(number or 4) >= 1:
        return RequestCount(int(number or 4))
    raise ValueError(f"a scaler is queue_delay:SECONDS or request_count:JOBS, not {text!r}")
