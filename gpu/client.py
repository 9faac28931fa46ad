"""Asking a RunPod Serverless endpoint for work: what jobs use.

Nothing is sent before the ledger has it (`gpu.call.submit`), a job is polled when it may have ended
(`gpu.call.poll`), an endpoint that is down is left alone (`gpu.call.breaker`), and what nobody waits for any more is
cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from gpu.call.breaker_port import Breaker, MemoryBreaker, notify
from gpu.call.connection import Connection, Webhook
from gpu.call.poll import Poller, Signals
from gpu.call.remote_job import Activity, RemoteJob
from gpu.call.submit import Submitter
from gpu.clock import Clock, SystemClock
from gpu.contract import Request
from gpu.errors import (
    DeadlineExceeded,
    EndpointDown,
    EndpointError,
    GpuError,
    JobCancelled,
    JobExpired,
    JobLost,
    NeverStarted,
    RateLimited,
    Unauthorized,
)
from gpu.ledger import CallRecord, Ledger, Result, Timings
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.responses import Health, JobState, read_result

LOST_TWICE: Final = "The GPU endpoint lost this work, and lost it again when it was sent once more."


class GpuClient:
    """Calls to one endpoint, written down in `ledger`. An async context manager; one per event loop.

    `breaker` is shared by all who use the endpoint (without one, each client has its own). `webhook` and `signals`
    let the endpoint tell that a job has ended; it is asked all the same. It is known to have been out of reach until
    `away_until` (Unix time). Errors of the ledger pass through untouched.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        ledger: Ledger,
        *,
        breaker: Breaker | None = None,
        webhook: Webhook | None = None,
        signals: Signals | None = None,
        clock: Clock | None = None,
        away_until: float = 0.0,
    ) -> None:
        clock = clock or SystemClock()
        self.ledger = ledger
        self._endpoint = endpoint
        self._clock = clock
        self._signals = signals
        self._activity = Activity(away_until)
        self._detached = False
        self._breaker = breaker or MemoryBreaker(clock)
        self._submitter = Submitter(Connection(endpoint, ledger, self._breaker, clock, webhook, signals))

    @property
    def url(self) -> str:
        """The endpoint's address, which names it in the ledger."""
        return self._endpoint.url

    async def __aenter__(self) -> Self:
        await self._endpoint.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._endpoint.__aexit__(kind, error, trace)

    async def submit(
        self, request: Request, key: str, deadline: float | None = None, *, frame_keys: Sequence[str] = ()
    ) -> RemoteJob:
        """Send the work of this key, or resume the job that already does it. `deadline` is in seconds.

        `frame_keys` name the request's images in the ledger (`Ledger.find_by_frames`). Raises `EndpointError`
        (nothing new was queued; `EndpointDown`: not even asked), `SendUncertain` (after one repetition),
        `CallNotAllowed`, or `JobCancelled` when somebody ended the call while its fate was unknown. A call that
        another job has ended is sent anew.
        """
        deadline = deadline or self._endpoint.policy.deadline
        record = await self.ledger.get_or_create(request, key, self.url, frame_keys)
        if self._submitter.has_job(record):
            return RemoteJob(request, record, deadline, resumed=True)
        try:
            while not self._submitter.has_job(record):
                if record.status == "prepared":
                    record = await self._submitter.send(request, deadline, record)
                elif record.status in ("sending", "uncertain"):
                    record = await self._submitter.resolve_uncertain(record, deadline)
                else:
                    await self._submitter.give_up(record, deadline)
                    record = await self.ledger.get_or_create(request, key, self.url, frame_keys)
        except GpuError as error:
            await notify(self._breaker.on_finished(error))
            raise
        await notify(self._breaker.on_submitted())
        return RemoteJob(request, record, deadline, resumed=not record.ours)

    async def resume(self, record: CallRecord, request: Request, deadline: float | None = None) -> RemoteJob:
        """Join a call whose job is known, to wait for it too.

        Nothing is ever sent: of a call that holds frames of others, `request` has only the pictures of ours.

        Raises `JobCancelled` when it has ended without a result since the ledger was asked.
        """
        known = await self.ledger.join(record, request)
        if known.status not in ("submitted", "succeeded"):
            raise JobCancelled("The call was ended before its result was known.", known.remote_id)
        return RemoteJob(request, known, deadline or self._endpoint.policy.deadline, resumed=True)

    async def wait(self, job: RemoteJob, expected: float | None = None, likely: float | None = None) -> Result:
        """Wait for the job's result, polled first `expected` seconds after its send (at once without an expectation).

        `likely` is how long it takes on a worker, in seconds, if not `expected`. A job that the endpoint loses
        (`gpu.call.poll`) is sent once more. Raises `JobError`s; an `EndpointError` leaves the job to the next run,
        also where it still waits for a worker (`NeverStarted`). A job that runs past its deadline is cancelled, and
        so is one whose waiting task is.
        """
        likely = min(likely or expected or 0.0, job.deadline)
        while job.record.result is None:
            try:
                result = await self._poll_for_result(job, expected, likely)
            except JobLost as lost:
                job, expected = await self._replace_lost(job, lost), None
                continue
            except GpuError as error:
                await notify(self._breaker.on_finished(error))
                raise
            await notify(self._breaker.on_finished(None))
            return result
        return job.record.result

    async def cancel(self, job: RemoteJob) -> None:
        """Cancel the job in the ledger and, if no other job waits for it, at the endpoint."""
        await self._submitter.cancel(job.record, job.bound_execution(self._clock.now()))

    async def infer(
        self,
        request: Request,
        key: str,
        deadline: float | None = None,
        *,
        frame_keys: Sequence[str] = (),
        expected: float | None = None,
    ) -> Result:
        """Submit and wait. A job of an earlier run that the endpoint has forgotten is sent anew, once.

        One that is never started is cancelled.
        """
        job = await self.submit(request, key, deadline, frame_keys=frame_keys)
        try:
            return await self.wait(job, expected)
        except NeverStarted:
            await self.cancel(job)
            raise
        except JobExpired:
            if not job.resumed:
                raise
        return await self.wait(await self.submit(request, key, deadline, frame_keys=frame_keys), expected)

    def detach(self) -> None:
        """From now on, leave the jobs of cancelled waits at the endpoint: another run resumes them."""
        self._detached = True

    async def require_endpoint_up(self) -> None:
        """Raise `EndpointDown` while the breaker is open: there is no hope for what is late then."""
        await self._breaker.require_not_open()

    async def require_answer(self) -> None:
        """Raise `EndpointError` unless the endpoint answers: one that hangs would take work and not say so.

        One that has refused our key is asked at once: it may have another one by now, and says so if it has not.
        """
        try:
            await self.require_endpoint_up()
        except EndpointDown as down:
            if down.cause != Unauthorized.code:
                raise
        if self._clock.now() - self._endpoint.answered_at < self._endpoint.policy.answer_age:
            return
        try:
            await self.health()
        except RateLimited:
            return  # it is there
        except GpuError as error:
            await notify(self._breaker.on_finished(error))
            raise

    async def health(self) -> Health:
        """Ask the endpoint for its workers and its queue. Raises `EndpointError`."""
        health = await self._endpoint.health()
        self._activity.record_health(health, self._clock.now())
        await notify(self._breaker.on_health(health))
        return health

    async def idle_workers(self) -> int:
        """Count the idle workers, by `/health`: 0 while jobs are in the queue, or where the endpoint is silent."""
        with suppress(GpuError):
            health = await self.health()
            if not health.queue:
                return health.workers.get("idle", 0)
        return 0

    async def _poll_for_result(self, job: RemoteJob, expected: float | None, likely: float) -> Result:
        """Poll a job until it ends, read its result, and write down how it ended.

        `JobLost` is the caller's to write down, and an `EndpointError` says nothing about the job.
        """
        poller = Poller(
            job.record, self._endpoint, self._endpoint.policy, self._clock, self._signals,
            observed=job.observed, activity=self._activity, likely=likely,
        )  # fmt: skip
        state: JobState | None = None
        try:
            state = await poller.until_ended(expected, job.deadline)
            result = read_result(job.request, state)
        except (EndpointError, JobLost):
            raise
        except GpuError as error:
            await self._record_error(job, error, state)
            raise
        except asyncio.CancelledError:
            if not self._detached:
                with suppress(Exception):  # the run ends either way; the ledger says if the job was ours to cancel
                    await self.cancel(job)
            raise
        await self.ledger.mark_succeeded(job.record, result)
        return result

    async def _record_error(self, job: RemoteJob, error: GpuError, state: JobState | None) -> None:
        """Write down why a job has no result; cancel one that is late, for it may still run."""
        timings = self._timings_of(job, state)
        if isinstance(error, JobCancelled):
            await self.ledger.mark_cancelled(job.record, timings)
            return
        await self.ledger.mark_failed(job.record, error, timings)
        if isinstance(error, DeadlineExceeded):
            await self._submitter.cancel_remote(job.record.remote_id)

    async def _replace_lost(self, job: RemoteJob, lost: JobLost) -> RemoteJob:
        """Book and cancel a lost job, and send another in its place.

        Raises `JobLost` in place of a second one, unless the endpoint was away meanwhile, which explains it. It is
        raised too where the pictures to send are not all there.
        """
        timings, remote_id = job.bound_execution(self._clock.now()), job.record.remote_id
        again_lost = job.record.replaces_lost or job.observed.replaces_lost
        if (again_lost and not self._was_away_since_send(job)) or not job.complete:
            await self.ledger.mark_failed(job.record, lost, timings)
            await self._submitter.cancel_remote(remote_id, tries=1)
            await notify(self._breaker.on_finished(lost))
            raise JobLost(LOST_TWICE if job.complete else lost.message, remote_id)
        record = await self.ledger.replace_lost(job.record, lost, timings)
        if record.ours and record.attempt > job.record.attempt:
            await self._cancel_lost(remote_id, record)
        again = await self.submit(job.request, job.record.key, job.deadline, frame_keys=job.record.frame_keys)
        job.observed.record_restart(again.record.sent_at)
        return replace(again, observed=job.observed)

    async def _cancel_lost(self, remote_id: str, replacement: CallRecord) -> None:
        try:
            await self._submitter.cancel_remote(remote_id, tries=1)
        except asyncio.CancelledError:
            with suppress(Exception):  # the run ends either way
                await self.ledger.mark_cancelled(replacement)
            raise

    def _was_away_since_send(self, job: RemoteJob) -> bool:
        return max(self._activity.away_until, self._endpoint.failed_at) > job.record.sent_at

    def _timings_of(self, job: RemoteJob, state: JobState | None) -> Timings:
        """Return what the endpoint says that a job took, else the most that it can be."""
        if state is not None and state.timings.execution_ms is not None:
            return state.timings
        most = job.bound_execution(self._clock.now())
        return replace(most, delay_ms=state.timings.delay_ms) if state else most
