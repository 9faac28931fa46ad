"""The endpoint's jobs: their states as RunPod names them, and who works on which. No network, no processes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

MAX_ATTEMPTS: Final = 3
"""Workers that may die on one job before it is FAILED."""
KEPT_S: Final = 30 * 60.0
"""How long a `/run` result can be fetched."""
KEPT_SYNC_S: Final = 60.0
"""How long a `/runsync` result can be fetched."""
STOP_AGAIN_S: Final = 1.0
"""How soon a stop is told again. The SDK drops one that arrives before it has started the job."""


class State(StrEnum):
    """IN_QUEUE → IN_PROGRESS → COMPLETED | FAILED | TIMED_OUT; CANCELLED from the first two.

    A lost worker sends its job from IN_PROGRESS back to IN_QUEUE, `/retry` one that is FAILED or TIMED_OUT.
    """

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"


LIVE: Final = frozenset({State.IN_QUEUE, State.IN_PROGRESS})
RETRIABLE: Final = frozenset({State.FAILED, State.TIMED_OUT})


@dataclass(frozen=True, slots=True)
class Policy:
    """RunPod's per-job limits, in seconds (on the wire they are ms)."""

    execution_timeout: float = 600.0
    ttl: float = 86_400.0


@dataclass(slots=True)
class Job:
    """One job. Times are the table's clock, in seconds."""

    id: str
    input: Any
    sync: bool
    policy: Policy
    created: float
    state: State = State.IN_QUEUE
    started: float | None = None
    ended: float | None = None
    worker: str | None = None
    attempts: int = 0
    result: dict[str, Any] = field(default_factory=dict)
    """`output`, `error` or both, as the worker sent them."""

    def describe(self) -> dict[str, Any]:
        """The job as `/status` tells it; `delayTime` and `executionTime` in ms, once they are known."""
        told: dict[str, Any] = {"id": self.id, "status": self.state.value}
        if self.started is not None:
            told |= {"delayTime": round((self.started - self.created) * 1000), "workerId": self.worker}
            if self.ended is not None:
                told["executionTime"] = round((self.ended - self.started) * 1000)
        if self.attempts > 1:
            told["retries"] = self.attempts - 1
        return told | self.result


class JobTable:
    """All jobs of the endpoint, oldest first. `on_change` is called whenever somebody who waits should look again."""

    def __init__(self, on_change: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._jobs: dict[str, Job] = {}
        self._stops: dict[str, dict[str, float]] = {}
        self._totals = {"completed": 0, "failed": 0, "retried": 0}
        self._on_change = on_change
        self._clock = clock

    def submit(self, job_input: Any, *, sync: bool = False, policy: Policy | None = None) -> Job:
        """A new job at the end of the queue."""
        job_id = f"{'sync-' if sync else ''}{uuid.uuid4()}-e1"
        job = self._jobs[job_id] = Job(job_id, job_input, sync, policy or Policy(), self._clock())
        self._on_change()
        return job

    def get(self, job_id: str) -> Job | None:
        """The job, or None when it never was or is no longer kept."""
        self.sweep()
        return self._jobs.get(job_id)

    def take(self, worker: str) -> Job | None:
        """Give `worker` the job that has waited longest; None when nothing waits."""
        self.sweep()
        job = next((job for job in self._jobs.values() if job.state is State.IN_QUEUE), None)
        if job is not None:
            job.state, job.worker, job.started = State.IN_PROGRESS, worker, self._clock()
            job.attempts += 1
        return job

    def finish(self, job_id: str, worker: str, result: dict[str, Any]) -> bool:
        """Record what `worker` made of a job. False when the job is not its own any more (cancelled, given away)."""
        job = self._jobs.get(job_id)
        if job is None or job.state is not State.IN_PROGRESS or job.worker != worker:
            return False
        job.result = {key: result[key] for key in ("output", "error") if key in result}
        self._end(job, State.FAILED if "error" in job.result else State.COMPLETED)
        return True

    def cancel(self, job: Job) -> None:
        """End a live job; a worker that runs it is told. One that has ended stays as it is."""
        if job.state in LIVE:
            self._stop_worker(job)
            self._end(job, State.CANCELLED)

    def retry(self, job: Job) -> bool:
        """Queue a job that failed or timed out once more, under its old id. False when it is in another state."""
        if job.state not in RETRIABLE:
            return False
        job.attempts, job.result, job.created = 0, {}, self._clock()
        self._requeue(job)
        return True

    def worker_lost(self, worker: str) -> None:
        """Queue again what a dead worker had, or fail it after `MAX_ATTEMPTS` deaths."""
        self._stops.pop(worker, None)
        for job in self._jobs.values():
            if job.state is not State.IN_PROGRESS or job.worker != worker:
                continue
            if job.attempts < MAX_ATTEMPTS:
                self._requeue(job)
            else:
                job.result = {"error": f"the worker ended {job.attempts} times while it ran this job"}
                self._end(job, State.FAILED)

    def stops_for(self, worker: str) -> list[str]:
        """Ids that `worker` should stop now; told again every second until it is free."""
        now = self._clock()
        due = [job_id for job_id, when in self._stops.get(worker, {}).items() if when <= now]
        for job_id in due:
            self._stops[worker][job_id] = now + STOP_AGAIN_S
        return due

    def worker_free(self, worker: str) -> None:
        """`worker` says that it runs nothing, so there is nothing to stop."""
        self._stops.pop(worker, None)

    def busy_workers(self) -> set[str]:
        """Workers that run a job now."""
        return {job.worker for job in self._jobs.values() if job.state is State.IN_PROGRESS and job.worker}

    def counts(self) -> dict[str, int]:
        """As in `/health`: `completed`, `failed` and `retried` since the start, the others now."""
        self.sweep()
        states = [job.state for job in self._jobs.values()]
        live = {"inProgress": states.count(State.IN_PROGRESS), "inQueue": states.count(State.IN_QUEUE)}
        return self._totals | live

    def sweep(self) -> None:
        """Time out what runs too long, and forget what is past its ttl or its retention."""
        now = self._clock()
        for job in list(self._jobs.values()):
            if job.state is State.IN_PROGRESS and now - (job.started or now) > job.policy.execution_timeout:
                self._stop_worker(job)
                self._end(job, State.TIMED_OUT)
            if job.ended is not None:
                expired = now - job.ended > (KEPT_SYNC_S if job.sync else KEPT_S)
            else:
                expired = now - job.created > job.policy.ttl
            if expired:
                self._stop_worker(job)
                del self._jobs[job.id]

    def _requeue(self, job: Job) -> None:
        job.state, job.worker, job.started, job.ended = State.IN_QUEUE, None, None, None
        self._totals["retried"] += 1
        self._on_change()

    def _stop_worker(self, job: Job) -> None:
        if job.state is State.IN_PROGRESS and job.worker:
            self._stops.setdefault(job.worker, {})[job.id] = self._clock()

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended = state, self._clock()
        if state is State.COMPLETED:
            self._totals["completed"] += 1
        elif state in RETRIABLE:
            self._totals["failed"] += 1
        self._on_change()
