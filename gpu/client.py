"""Asking a RunPod Serverless endpoint for work: what jobs use.

Nothing is sent before the ledger has it (`gpu.call.submit`), a job is asked about when it may have ended
(`gpu.call.poll`),
an endpoint that is down is left alone (`gpu.call.breaker`), and what nobody waits for any more is cancelled.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, NamedTuple, Self

from gpu.call.breaker import Breaker, MemoryBreaker
from gpu.call.observed import Observed, bound_execution
from gpu.call.poll import InterruptibleSleep, Poller, Signals
from gpu.call.submit import Submitter, Webhook
from gpu.contract import Request
from gpu.errors import DeadlineExceeded, GpuError, JobCancelled, JobExpired, JobLost
from gpu.ledger import CallRecord, Ledger, Result, Timings
from gpu.runpod.endpoint import Endpoint, Transport
from gpu.runpod.responses import Health, JobState, read_result
from gpu.runpod.retry import CallPolicy, Sleep

log: Final = logging.getLogger(__name__)
LOST_TWICE: Final = "The GPU endpoint lost this work, and lost it again when it was sent once more."


class Call(NamedTuple):
    """One request of many, with the key of its work (`gpu.ledger.work_key`); the rest as for `GpuClient.infer`."""

    request: Request
    key: str
    frame_keys: tuple[str, ...] = ()
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job that the endpoint has. `resumed`: sent by another run, an earlier one of this job or one of another job.
    `deadline` is in seconds from its send; `observed` is what has been heard of it, also of the job that replaces it
    when it is lost."""

    request: Request
    record: CallRecord
    deadline: float
    resumed: bool
    observed: Observed = field(default_factory=Observed)


class GpuClient:
    """Calls to one endpoint, written down in `ledger`. An async context manager; one per event loop.

    `breaker` is shared by all who use the endpoint (without one, each client has its own). `webhook` and `signals`
    let the endpoint tell that a job has ended; it is asked all the same. `transport`, `sleep` and `now` (Unix time in
    seconds) are for tests. Errors of the ledger pass through untouched.
    """

    def __init__(
        self,
        base_url: str,
        endpoint_id: str,
        api_key: str,
        *,
        ledger: Ledger,
        limits: CallPolicy | None = None,
        breaker: Breaker | None = None,
        webhook: Webhook | None = None,
        signals: Signals | None = None,
        transport: Transport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.url = f"{base_url.rstrip('/')}/{endpoint_id}"
        self._ledger = ledger
        self._limits = limits or CallPolicy()
        self._sleep = sleep
        self._now = now
        self._signals = signals
        self._breaker = breaker or MemoryBreaker(now)
        self._slots = asyncio.Semaphore(self._limits.concurrency)
        self._remote = Endpoint(self.url, api_key.strip(), self._limits, sleep, transport)
        self._sender = Submitter(
            self.url,
            self._remote,
            ledger,
            self._limits,
            sleep,
            now,
            breaker=self._breaker,
            pauses=self._pauses,
            webhook=webhook,
        )

    async def __aenter__(self) -> Self:
        await self._remote.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._remote.__aexit__(kind, error, trace)

    async def submit(
        self, request: Request, key: str, deadline: float | None = None, *, frame_keys: Sequence[str] = ()
    ) -> RemoteJob:
        """Send the work of this key, or take up the job that already does it. `deadline` is in seconds.

        `frame_keys` name the request's images in the ledger (`Ledger.find_by_frames`). Raises `EndpointError`
        (nothing was
        queued; `EndpointDown`: not even asked), `SendUncertain` (after one repetition), `CallNotAllowed`, or
        `JobCancelled` when somebody ended the call while its fate was unknown.
        """
        patience = deadline or self._limits.deadline
        known = await self._sender.resume(request, key, patience, frame_keys)
        if known is not None:
            return RemoteJob(request, known, patience, resumed=True)
        try:
            record = await self._sender.send(request, key, patience, frame_keys)
        except GpuError as error:
            await _notify_breaker(self._breaker.on_finished(error))
            raise
        await _notify_breaker(self._breaker.on_submitted())
        return RemoteJob(request, record, patience, resumed=not record.ours)

    async def resume(self, record: CallRecord, request: Request, deadline: float | None = None) -> RemoteJob:
        """A call whose job is known, to be waited for by this run too. Nothing is ever sent: of a call that holds
        frames of others, `request` has only the pictures of ours.

        Raises `JobCancelled` when it has ended without a result since the ledger was asked.
        """
        known = await self._ledger.join(record, request)
        if known.status not in ("submitted", "succeeded"):
            raise JobCancelled("The call was ended before its result was known.", known.remote_id)
        return RemoteJob(request, known, deadline or self._limits.deadline, resumed=True)

    async def wait(self, job: RemoteJob, expected: float | None = None, likely: float | None = None) -> Result:
        """The job's result, first asked for `expected` seconds after its send (at once without an expectation).

        `likely` is how long it takes on a worker, in seconds, if not `expected`. A job that the endpoint loses
        (`gpu.call.poll`) is sent once more. Raises `JobError`s; an `EndpointError` leaves the job to be taken up by
        the
        next run. When the deadline passes, or the waiting task is cancelled, the remote job is cancelled.
        """
        likely = min(likely or expected or 0.0, job.deadline)
        while True:
            try:
                return await self._result(job, expected, likely)
            except JobLost as lost:
                job, expected = await self._replace_lost(job, lost), None

    async def cancel(self, job: RemoteJob) -> None:
        """We do not want the result: written down, then told to the endpoint as well as may be, if nobody does."""
        await self._sender.cancel(job.record, self._bound_execution(job))

    async def infer(
        self,
        request: Request,
        key: str,
        deadline: float | None = None,
        *,
        frame_keys: Sequence[str] = (),
        expected: float | None = None,
    ) -> Result:
        """`submit` and `wait`. A job of an earlier run that the endpoint has forgotten is sent anew, once."""
        job = await self.submit(request, key, deadline, frame_keys=frame_keys)
        try:
            return await self.wait(job, expected)
        except JobExpired:
            if not job.resumed:
                raise
        return await self.wait(await self.submit(request, key, deadline, frame_keys=frame_keys), expected)

    async def infer_many(self, calls: Sequence[Call], deadline: float | None = None) -> list[Result | GpuError]:
        """Side by side, `limits.concurrency` at once; each call's result or its error, in order.

        Calls of one key are made once. An error of the ledger is raised when all calls have ended.
        """
        unique = {call.key: call for call in calls}
        outcomes = await asyncio.gather(
            *(self._outcome(call, deadline) for call in unique.values()), return_exceptions=True
        )
        by_key: dict[str, Result | GpuError] = {}
        for key, found in zip(unique, outcomes, strict=True):
            if not isinstance(found, Result | GpuError):
                raise found
            by_key[key] = found
        return [by_key[call.key] for call in calls]

    async def require_endpoint_up(self) -> None:
        """Whether there is hope for what is late. Raises `EndpointDown` while the breaker is open."""
        await self._breaker.require_not_open()

    async def health(self) -> Health:
        """What the endpoint says of its workers and its queue. Raises `EndpointError`."""
        health = await self._remote.health()
        await _notify_breaker(self._breaker.on_health(health))
        return health

    async def idle_workers(self) -> int:
        """Workers with nothing to do, by `/health`. None while jobs wait, which have but to be begun, and none when
        the endpoint does not say."""
        with suppress(GpuError):
            health = await self.health()
            if not health.jobs.get("inQueue", 0):
                return health.workers.get("idle", 0)
        return 0

    async def _outcome(self, call: Call, deadline: float | None) -> Result | GpuError:
        async with self._slots:
            try:
                return await self.infer(
                    call.request, call.key, deadline, frame_keys=call.frame_keys, expected=call.expected
                )
            except GpuError as error:
                return error

    async def _result(self, job: RemoteJob, expected: float | None, likely: float) -> Result:
        """The job's result; the breaker is told of its end. Raises `JobLost` before anybody is told of it."""
        if job.record.result is not None:
            return job.record.result
        try:
            result = await self._record_end(job, await self._ended(job, expected, likely))
        except GpuError as error:
            if not isinstance(error, JobLost):
                await _notify_breaker(self._breaker.on_finished(error))
            raise
        await _notify_breaker(self._breaker.on_finished(None))
        return result

    async def _ended(self, job: RemoteJob, expected: float | None, likely: float) -> JobState:
        """The job's last state. What will never be one is written down, and called off where it may still run."""
        watch = Poller(
            job.record, self._remote, self._limits, self._now, self._pauses(), observed=job.observed, likely=likely
        )
        try:
            return await watch.until_ended(expected, job.deadline)
        except DeadlineExceeded as late:
            await self._ledger.mark_failed(job.record, late, self._bound_execution(job))
            await self._sender.cancel_remote(job.record.remote_id)
            raise
        except JobExpired as gone:
            await self._ledger.mark_failed(job.record, gone, self._bound_execution(job))
            raise
        except asyncio.CancelledError:
            with suppress(Exception):  # the run ends either way; the ledger says if the job was ours to cancel
                await self.cancel(job)
            raise

    async def _replace_lost(self, job: RemoteJob, lost: JobLost) -> RemoteJob:
        """The job that is sent in place of a lost one, which is booked and cancelled.

        Raises `JobLost` in place of a second one, and where the pictures to send are not all there.
        """
        timings, remote_id = self._bound_execution(job), job.record.remote_id
        if job.record.replaces_lost or job.observed.replaces_lost or not all(job.request.images):
            await self._ledger.mark_failed(job.record, lost, timings)
            await self._sender.cancel_remote(remote_id, tries=1)
            await _notify_breaker(self._breaker.on_finished(lost))
            raise JobLost(LOST_TWICE if all(job.request.images) else lost.message, remote_id)
        record = await self._ledger.replace_lost(job.record, lost, timings)
        if record.ours and record.attempt > job.record.attempt:
            await self._cancel_lost(remote_id, record)
        again = await self.submit(job.request, job.record.key, job.deadline, frame_keys=job.record.frame_keys)
        job.observed.record_restart(again.record.sent_at)
        return replace(again, observed=job.observed)

    async def _cancel_lost(self, remote_id: str, replacement: CallRecord) -> None:
        try:
            await self._sender.cancel_remote(remote_id, tries=1)
        except asyncio.CancelledError:
            with suppress(Exception):  # the run ends either way
                await self._ledger.mark_cancelled(replacement)
            raise

    async def _record_end(self, job: RemoteJob, state: JobState) -> Result:
        try:
            result = read_result(job.request, state)
        except JobCancelled:
            await self._ledger.mark_cancelled(job.record, self._timings(job, state))
            raise
        except GpuError as error:
            await self._ledger.mark_failed(job.record, error, self._timings(job, state))
            raise
        await self._ledger.mark_succeeded(job.record, result)
        return result

    def _timings(self, job: RemoteJob, state: JobState) -> Timings:
        """What the endpoint says that a job took, else the most that it can be."""
        if state.timings.execution_ms is not None:
            return state.timings
        return replace(self._bound_execution(job), delay_ms=state.timings.delay_ms)

    def _bound_execution(self, job: RemoteJob) -> Timings:
        return bound_execution(job.observed.idle_until or job.record.sent_at, self._now(), job.deadline)

    def _pauses(self) -> InterruptibleSleep:
        return InterruptibleSleep(self._sleep, self._signals)


async def _notify_breaker(note: Awaitable[None]) -> None:
    """What the breaker makes of a call must not change what became of it."""
    try:
        await note
    except Exception as error:  # noqa: BLE001 whatever keeps a breaker's state may fail in its own ways
        log.warning("The circuit breaker could not be told how a call ended (%s).", type(error).__name__)
