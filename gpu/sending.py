"""From a piece of work to a job that the endpoint has, without ever sending it twice unknowingly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from gpu.contract import RUN_BODY_LIMIT, Request
from gpu.errors import EndpointError, GpuError, JobCancelled, JobExpired, RequestTooLarge, SendUncertain
from gpu.ledger import UNTIMED, CallRecord, Ledger
from gpu.limits import Limits, Sleep, persist


class Remote(Protocol):
    """The two questions that change something at the endpoint."""

    async def run(self, body: bytes) -> str: ...

    async def cancel(self, remote_id: str) -> None: ...


class Sender:
    """Moves a call of `ledger` on until the endpoint has its job. `now` is Unix time in seconds."""

    def __init__(
        self, url: str, remote: Remote, ledger: Ledger, limits: Limits, sleep: Sleep, now: Callable[[], float]
    ) -> None:
        self._url = url
        self._remote = remote
        self._ledger = ledger
        self._limits = limits
        self._sleep = sleep
        self._now = now

    async def take_up(self, request: Request, key: str) -> CallRecord | None:
        """The call of an earlier run whose job is known, if there is one.

        A job that was sent to another endpoint than ours is out of reach and is written down as expired.
        """
        record = await self._ledger.open(request, key, self._url)
        if record.status not in ("submitted", "succeeded"):
            return None
        if record.result is not None or record.endpoint == self._url:
            return record
        elsewhere = JobExpired("The job was sent to another endpoint.", record.remote_id)
        await self._ledger.failed(record, elsewhere, UNTIMED)
        return None

    async def send(self, request: Request, key: str, deadline: float) -> CallRecord:
        """The call with its job known: `submitted`.

        Raises `EndpointError` (nothing was queued), `SendUncertain` (after one repetition), or `JobCancelled` when
        somebody ended the call while its fate was unknown.
        """
        record = await self._ledger.open(request, key, self._url)
        while record.status not in ("submitted", "succeeded"):
            if record.status == "prepared":
                record = await self._post(run_body(request, deadline), record)
            elif record.status in ("sending", "uncertain"):
                record = await self._settle(record)
            else:
                raise JobCancelled("The call was ended before its job was known.", record.remote_id)
        return record

    async def call_off(self, remote_id: str) -> None:
        """Tell the endpoint that nobody wants the job, as well as may be within a few seconds."""
        with suppress(GpuError, TimeoutError):
            async with asyncio.timeout(self._limits.cancel):
                await self._remote.cancel(remote_id)

    async def _post(self, body: bytes, record: CallRecord) -> CallRecord:
        """prepared → submitted or uncertain. A refusal is written down and raised."""
        record = await self._ledger.sending(record)
        try:
            if len(body) > RUN_BODY_LIMIT:
                raise RequestTooLarge(f"The request is {len(body)} bytes; the endpoint takes {RUN_BODY_LIMIT}.")
            return await persist(lambda: self._post_once(body, record), self._limits, self._sleep)
        except EndpointError as refusal:
            await self._ledger.failed(record, refusal, UNTIMED)
            raise
        except asyncio.CancelledError:
            with suppress(Exception):  # the run is over; a call that has moved on was dealt with in _post_once
                await self._ledger.cancelled(record)
            raise

    async def _post_once(self, body: bytes, record: CallRecord) -> CallRecord:
        """One POST, whose answer is written down even when the task that asked is cancelled meanwhile."""
        sent = asyncio.ensure_future(self._run_and_record(body, record))
        try:
            return await asyncio.shield(sent)
        except asyncio.CancelledError:
            with suppress(Exception):  # whatever came of it, the run is over
                known = await sent
                if known.status == "submitted":
                    await self._ledger.cancelled(known)
                    await self.call_off(known.remote_id)
            raise

    async def _run_and_record(self, body: bytes, record: CallRecord) -> CallRecord:
        try:
            remote_id = await self._remote.run(body)
        except SendUncertain:
            return await self._ledger.uncertain(record)
        return await self._ledger.submitted(record, remote_id)

    async def _settle(self, record: CallRecord) -> CallRecord:
        """A send without an answer: the stated wait for somebody to name its job, then once more, as a new call.

        `sending` is what a run that was killed leaves; while the wait lasts it may also be a run that still lives.
        """
        until = record.sent_at + self._limits.uncertain_wait
        while record.status in ("sending", "uncertain") and (left := until - self._now()) > 0:
            await self._sleep(min(left, self._limits.uncertain_wait, 1.0))
            record = await self._ledger.reread(record)
        if record.status == "sending":
            record = await self._ledger.uncertain(record)
        if record.status != "uncertain":
            return record
        if record.replaces_uncertain:
            lost = SendUncertain("The GPU endpoint twice did not say whether it took the job.")
            await self._ledger.failed(record, lost, UNTIMED)
            raise lost
        return await self._ledger.again(record)


def run_body(request: Request, deadline: float) -> bytes:
    """`/run`'s JSON. The policy (in ms) lets a job end by itself when nobody asks about it any more."""
    milliseconds = max(5_000, round(deadline * 1000))
    policy = {"executionTimeout": milliseconds, "ttl": milliseconds + 1_800_000}
    return json.dumps({"input": request.to_input(), "policy": policy}, separators=(",", ":")).encode()
