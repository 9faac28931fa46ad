"""The endpoint's jobs: which wait, which run, and which worker has which. No network, no processes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from gpu_worker.emulator.billing import Billing
from gpu_worker.emulator.jobs.cancellations import Cancellations
from gpu_worker.emulator.jobs.job import LIVE, RETRIABLE, Job, Policy, State, digest, piece_digests
from gpu_worker.emulator.scaler import Demand

MAX_ATTEMPTS: Final = 3
"""Workers that may die on one job before it is FAILED."""
RETENTION_S: Final = 30 * 60.0
"""Seconds that a `/run` result can be fetched."""
SYNC_RETENTION_S: Final = 60.0
"""Seconds that a `/runsync` result can be fetched."""
SWEEP_EVERY_S: Final = 0.05
"""Looking at every job at every request would cost more than the requests."""


class JobTable:
    """All jobs of the endpoint, oldest first.

    `on_change` is called whenever waiting tasks should look again, `on_end` with each job that has ended, unless it
    was cancelled. `billing` records every execution.
    """

    def __init__(
        self,
        on_change: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        on_end: Callable[[Job], None] = lambda _: None,
        billing: Billing | None = None,
    ) -> None:
        self._jobs: dict[str, Job] = {}
        self._duplicates: list[Job] = []
        self._jobs_by_worker: dict[str, set[str]] = {}
        self._freed: dict[str, float] = {}
        self._totals = {"completed": 0, "failed": 0, "retried": 0}
        self._swept = float("-inf")
        self._on_change = on_change
        self._on_end = on_end
        self._clock = clock
        self._billing = billing or Billing(clock=clock)
        self.cancellations = Cancellations(clock)

    def submit(
        self, job_input: Any, *, sync: bool = False, policy: Policy | None = None, webhook: str | None = None
    ) -> Job:
        """Add a new job at the end of the queue."""
        job_id = f"{'sync-' if sync else ''}{uuid.uuid4()}-e1"
        job = self._jobs[job_id] = Job(job_id, job_input, sync, policy or Policy(), self._clock(), webhook)
        self._on_change()
        return job

    def get(self, job_id: str) -> Job | None:
        """Return the job, or None when it is unknown or no longer kept."""
        self.sweep()
        return self._jobs.get(job_id)

    def take(self, worker: str) -> Job | None:
        """Give `worker` the job that has waited longest, else one to be delivered twice, else None."""
        self.sweep()
        job = next((job for job in self._jobs.values() if job.state is State.IN_QUEUE), None)
        if job is not None:
            job.state, job.worker, job.started = State.IN_PROGRESS, worker, self._clock()
            job.attempts += 1
        elif self._duplicates:
            job = self._duplicates.pop(0)
        if job is not None:
            job.holders.add(worker)
            self._jobs_by_worker.setdefault(worker, set()).add(job.id)
            self._billing.execution_started(job.id, digest(job.input), piece_digests(job.input), worker)
        return job

    def deliver_twice(self, job: Job) -> None:
        """Hand `job` to the next worker that finds nothing else, though another has it already."""
        self._duplicates.append(job)
        self._on_change()

    def finish(self, job_id: str, worker: str, result: dict[str, Any]) -> bool:
        """Record `worker`'s result. Returns False when it no longer has the job (cancelled, given away)."""
        self._release(worker, job_id)
        job = self._jobs.get(job_id)
        if job is None or job.state is not State.IN_PROGRESS or worker not in job.holders:
            return False
        job.worker = worker
        job.result = {key: result[key] for key in ("output", "error") if key in result}
        self._end(job, State.FAILED if "error" in job.result else State.COMPLETED)
        return True

    def progress(self, job_id: str, worker: str, output: Any) -> None:
        """Record the progress of a running job; `/status` shows it as `output` until the result comes."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is State.IN_PROGRESS and worker in job.holders:
            job.result = {"output": output}

    def cancel(self, job: Job) -> None:
        """Cancel a live job and have its worker stop. One that has ended stays as it is."""
        if job.state in LIVE:
            self._stop_workers(job)
            self._end(job, State.CANCELLED)

    def purge(self) -> int:
        """Cancel all jobs in the queue; return how many those were."""
        waiting = [job for job in self._jobs.values() if job.state is State.IN_QUEUE]
        for job in waiting:
            self.cancel(job)
        return len(waiting)

    def retry(self, job: Job) -> bool:
        """Queue a job that failed or timed out again, under its id. Returns False in another state."""
        if job.state not in RETRIABLE:
            return False
        job.attempts, job.result, job.created = 0, {}, self._clock()
        self._requeue(job)
        return True

    def worker_lost(self, worker: str) -> None:
        """Queue a dead worker's jobs again, or fail them after `MAX_ATTEMPTS` deaths."""
        self.cancellations.forget(worker)
        held = sorted(self._jobs_by_worker.get(worker, ()))
        for job in [self._jobs[job_id] for job_id in held if job_id in self._jobs]:
            if job.state is not State.IN_PROGRESS or job.holders != {worker}:
                job.holders.discard(worker)
            elif job.attempts < MAX_ATTEMPTS:
                self._requeue(job)
            else:
                job.result = {"error": f"the worker ended {job.attempts} times while it ran this job"}
                self._end(job, State.FAILED)
        for job_id in held:
            self._release(worker, job_id)
        self._jobs_by_worker.pop(worker, None)
        self._freed.pop(worker, None)

    def worker_free(self, worker: str) -> None:
        """Release all jobs of `worker`, which says that it runs nothing."""
        self.cancellations.forget(worker)
        for job_id in list(self._jobs_by_worker.get(worker, ())):
            self._release(worker, job_id)

    def busy_workers(self) -> set[str]:
        """Return the workers that run a job now."""
        return {worker for worker, held in self._jobs_by_worker.items() if held}

    def freed_at(self, worker: str) -> float | None:
        """Return when `worker` let go of its last job; None when it never had one."""
        return self._freed.get(worker)

    def demand(self) -> Demand:
        """Return the demand that the scaler sees, without jobs of low priority."""
        now = self._clock()
        asking = [job for job in self._jobs.values() if not job.policy.low_priority]
        waits = tuple(now - job.created for job in asking if job.state is State.IN_QUEUE)
        return Demand(waits, sum(job.state is State.IN_PROGRESS for job in asking))

    def counts(self) -> dict[str, int]:
        """Return the counts of `/health`: `completed`, `failed` and `retried` since the start, the others now."""
        self.sweep()
        states = [job.state for job in self._jobs.values()]
        live = {"inProgress": states.count(State.IN_PROGRESS), "inQueue": states.count(State.IN_QUEUE)}
        return self._totals | live

    def sweep(self) -> None:
        """Time out jobs that run too long, and forget those past their ttl or retention."""
        now = self._clock()
        if now - self._swept < SWEEP_EVERY_S:
            return
        self._swept = now
        for job in list(self._jobs.values()):
            if job.state is State.IN_PROGRESS and now - (job.started or now) > job.policy.execution_timeout:
                self._stop_workers(job)
                self._end(job, State.TIMED_OUT)
            if now > _forget_at(job):
                self._stop_workers(job)
                del self._jobs[job.id]

    def clear(self) -> None:
        """Stop and forget every job, and count from zero again."""
        for job in self._jobs.values():
            self._stop_workers(job)
        self._jobs.clear()
        self._duplicates.clear()
        self._totals = dict.fromkeys(self._totals, 0)
        self._on_change()

    def _release(self, worker: str, job_id: str) -> None:
        if job_id in self._jobs_by_worker.get(worker, ()):
            self._jobs_by_worker[worker].discard(job_id)
            self._freed[worker] = self._clock()
            self._billing.execution_ended(job_id, worker)

    def _requeue(self, job: Job) -> None:
        job.state, job.worker, job.started, job.ended = State.IN_QUEUE, None, None, None
        job.holders.clear()
        self._totals["retried"] += 1
        self._on_change()

    def _stop_workers(self, job: Job) -> None:
        if job.state is State.IN_PROGRESS:
            for worker in job.holders:
                self.cancellations.add(worker, job.id)

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended = state, self._clock()
        if state is State.COMPLETED:
            self._totals["completed"] += 1
        elif state in RETRIABLE:
            self._totals["failed"] += 1
        self._on_change()
        if state is not State.CANCELLED:
            self._on_end(job)


def _forget_at(job: Job) -> float:
    kept = SYNC_RETENTION_S if job.sync else RETENTION_S
    end = job.created + job.policy.ttl if job.ended is None else job.ended + kept
    return end if job.forget_at is None else min(end, job.forget_at)
