"""The workers of an endpoint as a plan sees them, and the rule by which the endpoint starts more of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

DEFAULT_MAX_WORKERS: Final = 3
"""RunPod's default for the most workers of an endpoint."""
IDLE_TIMEOUT: Final = 5.0
"""RunPod's default: seconds that a worker is kept, and paid for, after its last job."""


@dataclass(frozen=True, slots=True)
class Scaler:
    """The rule by which the endpoint starts workers.

    `queue_delay`: one for each job that has waited for `value` seconds; the first of all at once, where there is no
    worker. `request_count`: at once, until there is a worker for every `value` jobs that wait or run.
    """

    kind: Literal["queue_delay", "request_count"] = "queue_delay"
    value: float = 4.0

    @classmethod
    def parse(cls, text: str) -> Scaler:
        """Parse `queue_delay:4` or `request_count:1`. Raises `ValueError`."""
        kind, _, value = text.partition(":")
        number = float(value)
        if kind == "queue_delay" and number >= 0:
            return cls("queue_delay", number)
        if kind == "request_count" and number >= 1:
            return cls("request_count", number)
        raise ValueError(f"not a scaler: {text}")

    def __str__(self) -> str:
        return f"{self.kind}:{self.value:g}"


@dataclass(frozen=True, slots=True)
class Fleet:
    """The workers of an endpoint. Times in seconds from now.

    `idle` workers take a job at once; those of `free_in` (at work, or starting) do after so long; `startable` more
    may be started by the scaler, each ready `cold_start` after that. `queue_ahead`: how long each job of others that
    waits before ours will take.
    """

    idle: int = 0
    free_in: tuple[float, ...] = ()
    startable: int = DEFAULT_MAX_WORKERS
    scaler: Scaler = Scaler()
    cold_start: float = 20.0
    idle_timeout: float = IDLE_TIMEOUT
    queue_ahead: tuple[float, ...] = ()

    @property
    def existing(self) -> list[float]:
        """The seconds until each existing worker can take its next job, soonest first."""
        return sorted([0.0] * self.idle + list(self.free_in))

    @property
    def cold(self) -> list[float]:
        """The seconds until each startable worker could take its first job, if it is requested at the soonest."""
        later = self.cold_start + (self.scaler.value if self.scaler.kind == "queue_delay" else 0.0)
        at_once = min(self.startable, 0 if self.existing else 1)
        return [self.cold_start] * at_once + [later] * (self.startable - at_once)

    def started_by_request_count(self, jobs: int) -> int:
        """Count the workers that `request_count` starts when so many jobs wait."""
        held = self.idle + len(self.free_in)
        wanted = ceil((len(self.free_in) + jobs) / self.scaler.value)
        return max(0, min(self.startable, wanted - held))

    def started_by_queue_delay(self, busy: int) -> int:
        """Count the workers that `queue_delay` starts when, its delay over, `busy` jobs run or still wait."""
        held = self.idle + len(self.free_in)
        return max(0 if held else 1, min(self.startable, busy - held))


def read_fleet(
    workers: Mapping[str, int],
    jobs: Mapping[str, int],
    *,
    max_workers: int = DEFAULT_MAX_WORKERS,
    scaler: Scaler = Scaler(),
    cold_start: float,
    job_seconds: float,
    idle_timeout: float = IDLE_TIMEOUT,
) -> Fleet:
    """Read the fleet out of `/health`'s counts (`gpu.runpod.responses.Health`); missing counts are none.

    A worker that starts is taken to be half way through `cold_start`, one at work half way through a job of
    `job_seconds`. Throttled workers are never counted on: RunPod has no machine for them.
    """
    running, initializing = workers.get("running", 0), workers.get("initializing", 0)
    idle = workers.get("idle", max(0, workers.get("ready", 0) - running))
    held = idle + running + initializing + workers.get("throttled", 0)
    return Fleet(
        idle=idle,
        free_in=(job_seconds / 2,) * running + (cold_start / 2,) * initializing,
        startable=max(0, max_workers - held),
        scaler=scaler,
        cold_start=cold_start,
        idle_timeout=idle_timeout,
        queue_ahead=(job_seconds,) * jobs.get("inQueue", 0),
    )
