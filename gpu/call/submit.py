"""The steps of a call until the endpoint has its job, none of which sends it twice unknowingly."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Final

from gpu.call.connection import Connection
from gpu.call.poll import InterruptibleSleep
from gpu.call.remote_job import bound_execution_since_send, execution_timeout
from gpu.contract import RUN_BODY_LIMIT, Request
from gpu.errors import (
    EndpointDown,
    EndpointError,
    GpuError,
    JobCancelled,
    JobExpired,
    JobNotFound,
    RequestTooLarge,
    SendUncertain,
)
from gpu.ledger import UNTIMED, CallMovedError, CallRecord, Timings
from gpu.runpod.retry import retry

CANCEL_TRIES: Final = 3
"""Of a job that the endpoint does not know: it may not know yet what it has just taken."""
QUEUE_TTL_S: Final = 86_400.0
"""RunPod's own default: its `ttl` counts the time in the queue too, where a job waits for all before it."""
TRIAL_POLL: Final = 0.5
"""Seconds between two looks whether the call that tries a broken endpoint has ended."""


class Submitter:
    """Moves calls of the ledger on, step by step; `gpu.client` decides which is next."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._endpoint = connection.endpoint
        self._ledger = connection.ledger
        self._policy = connection.endpoint.policy
        self._clock = connection.clock

    def has_job(self, record: CallRecord) -> bool:
        """Tell whether the call's job can be waited for, or need not be."""
        here = record.status == "submitted" and record.endpoint == self._endpoint.url
        return here or record.status == "succeeded"

    async def send(self, request: Request, deadline: float, record: CallRecord) -> CallRecord:
        """Send a prepared call; a refusal, the endpoint's or our own, is written down and raised.

        The call is submitted or uncertain then, or whatever another job with equal work has made of it meanwhile; it
        is still prepared while another call tries an endpoint that was broken.
        """
        try:
            body = run_body(request, deadline, self._webhook_of(record))
            try:
                await self._connection.breaker.admit()
                record = await self._ledger.mark_sending(record)
            except EndpointDown as down:
                return await self._wait_for_trial(record, down)
            except CallMovedError:
                return await self._refresh_moved(record)
            return await retry(lambda: self._post(body, record, deadline), self._policy, self._clock)
        except EndpointError as refusal:
            await self._ledger.mark_failed(record, refusal, UNTIMED)
            raise
        except asyncio.CancelledError:
            with suppress(Exception):  # the run is over; a send that was on its way was dealt with in _post
                await self._cancel_unsent(record)
            raise

    async def resolve_uncertain(self, record: CallRecord, deadline: float) -> CallRecord:
        """Wait for somebody to name the job of an unanswered send; then resend it once, as a new call.

        Before that the endpoint must answer: one that hangs may take the same send over and over. Raises
        `EndpointError` where it does not, and the call stays uncertain.

        `sending` is what a run that was killed leaves; while the wait lasts it may also be a run that still lives,
        and another job's run is given all the time that an exchange may take.
        """
        longer = self._policy.exchange_timeout if record.status == "sending" and not record.ours else 0.0
        until = record.sent_at + self._policy.uncertain_wait + longer
        interval = InterruptibleSleep(self._clock, self._connection.signals)
        while record.status in ("sending", "uncertain") and (left := until - self._clock.now()) > 0:
            await interval.sleep(record, min(left, self._policy.uncertain_wait, 1.0))
            record = await self._ledger.refresh(record)
        if record.status == "sending":
            record = await self._ledger.mark_uncertain(record)
        if record.status != "uncertain":
            return record
        if record.replaces_uncertain:
            lost = SendUncertain("The GPU endpoint twice did not say whether it took the job.")
            await self._ledger.mark_failed(record, lost, self._bound_execution(record, deadline))
            raise lost
        await self._endpoint.health()
        return await self._ledger.resend(record, self._bound_execution(record, deadline))

    async def give_up(self, record: CallRecord, deadline: float) -> None:
        """Give up a call that has ended, or whose job another endpoint has: its work needs a new call.

        Raises `JobCancelled` for a call of our own that somebody has ended.
        """
        if record.status == "submitted":
            elsewhere = JobExpired("The job was sent to another endpoint.", record.remote_id)
            await self._ledger.mark_failed(record, elsewhere, self._bound_execution(record, deadline))
        elif record.ours:
            raise JobCancelled("The call was ended before its job was known.", record.remote_id)

    async def cancel(self, record: CallRecord, timings: Timings) -> None:
        """Write down that the result is not wanted, and tell the endpoint, unless another job waits for it."""
        if (await self._ledger.mark_cancelled(record, timings)).status == "cancelled":
            await self.cancel_remote(record.remote_id)

    async def cancel_remote(self, remote_id: str, tries: int = CANCEL_TRIES) -> None:
        """Tell the endpoint that nobody wants the job; give up after a few seconds."""
        with suppress(GpuError, TimeoutError):
            async with asyncio.timeout(self._policy.cancel_timeout):
                for left in range(tries - 1, -1, -1):
                    try:
                        await self._endpoint.cancel(remote_id)
                        break
                    except JobNotFound:
                        if left:
                            await self._clock.sleep(self._policy.cancel_pause)

    def _webhook_of(self, record: CallRecord) -> str:
        return self._connection.webhook(record) if self._connection.webhook else ""

    async def _wait_for_trial(self, record: CallRecord, down: EndpointDown) -> CallRecord:
        """Reread the call after a pause while another one tries an endpoint that was broken; else raise `down`.

        The end of the other call lets this one in, or ends it too.
        """
        if not down.on_trial:
            raise down
        await self._clock.sleep(TRIAL_POLL)
        return await self._ledger.refresh(record)

    async def _cancel_unsent(self, record: CallRecord) -> None:
        current = await self._ledger.refresh(record)
        if current.status in ("prepared", "sending"):
            await self._ledger.mark_cancelled(current)

    async def _refresh_moved(self, record: CallRecord) -> CallRecord:
        """Reread a call that another job with equal work was quicker to send. Raises if it is as it was."""
        current = await self._ledger.refresh(record)
        if current.status == record.status:
            raise CallMovedError("the call could not be moved")
        return current

    async def _post(self, body: bytes, record: CallRecord, deadline: float) -> CallRecord:
        """Post once, and write the answer down even when the task that asked is cancelled meanwhile."""
        sent = asyncio.ensure_future(self._run_and_record(body, record))
        try:
            return await asyncio.shield(sent)
        except asyncio.CancelledError:
            with suppress(Exception):  # whatever came of it, the run is over
                known = await asyncio.shield(sent)
                if known.status == "submitted":
                    await self.cancel(known, self._bound_execution(known, deadline))
            raise

    async def _run_and_record(self, body: bytes, record: CallRecord) -> CallRecord:
        try:
            remote_id = await self._endpoint.run(body)
        except SendUncertain:
            return await self._ledger.mark_uncertain(record)
        except asyncio.CancelledError:
            with suppress(Exception):  # the process ends: the next one must not take it for unsent
                await self._ledger.mark_uncertain(record)
            raise
        try:
            return await self._ledger.mark_submitted(record, remote_id)
        except Exception:
            await self._cancel_unrecorded(record, remote_id)
            raise

    async def _cancel_unrecorded(self, record: CallRecord, remote_id: str) -> None:
        """Cancel a job whose id could not be written down: nobody would ever find it.

        Another run has the row by now, and it may have the id too (from a webhook): then the job is that run's. A
        ledger that cannot be read says neither; the job is left alone.
        """
        with suppress(Exception):  # the ledger's own error is on its way and says more
            if (await self._ledger.refresh(record)).remote_id != remote_id:
                await self.cancel_remote(remote_id)

    def _bound_execution(self, record: CallRecord, deadline: float) -> Timings:
        return bound_execution_since_send(record, self._clock.now(), deadline)


def run_body(request: Request, deadline: float, webhook: str = "") -> bytes:
    """Encode `/run`'s JSON. The policy (in ms) lets a job end by itself when nobody asks about it any more.

    Raises `RequestTooLarge`.
    """
    seconds = execution_timeout(deadline)
    policy = {"executionTimeout": round(seconds * 1000), "ttl": round((seconds + QUEUE_TTL_S) * 1000)}
    content = {"input": request.to_input(), "policy": policy} | ({"webhook": webhook} if webhook else {})
    body = json.dumps(content, separators=(",", ":")).encode()
    if len(body) > RUN_BODY_LIMIT:
        raise RequestTooLarge(f"The request is {len(body)} bytes; the endpoint takes {RUN_BODY_LIMIT}.")
    return body
