"""Polling a job until its end: when to ask, and how long to go on asking.

**A job that the endpoint does not know.** RunPod answers 404 of a job whose result it keeps no longer (`RETENTION_S`
after its end). It does so as well in the moments after it took one, while it restarts, and behind a proxy that errs:
then the job may be running, is paid for, and the next answer may know it. Therefore:

1. Sent longer ago than that, it is over: `JobExpired`, at once.
2. Sent later, it is polled further, more and more seldom, for `CallPolicy.unknown_wait` or as long as it was likely
   to take, whichever is longer; any other answer ends the wait. By then it is done or was never begun, so that to
   send it again does not pay for it twice at the same time. Then it is `JobLost`: booked with the most that it may
   have cost, cancelled in case it is there after all, and sent once more (`gpu.client`).
3. A job that is lost twice fails, unless the endpoint was away after its send: that explains a loss. An endpoint that
   answers and forgets everything is not paid for more than that.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Protocol

from gpu.call.remote_job import Observations
from gpu.clock import Clock
from gpu.errors import DeadlineExceeded, JobExpired, JobLost, JobNotFound, NeverStarted
from gpu.ledger import CallRecord
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import JobState

RETENTION_S: Final = 1800.0
"""RunPod keeps the result of a `/run` job for half an hour: no younger job can have been forgotten in good order."""


class Signals(Protocol):
    """News of calls that reach us by another way than by polling: webhooks."""

    async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
        """Wait at most `seconds` for news of this call; True as soon as there is any.

        News is a reason to ask sooner, never an answer: what is lost, late, doubled or forged costs one question.
        """
        ...


class StatusSource(Protocol):
    async def status(self, remote_id: str) -> JobState: ...


class InterruptibleSleep:
    """Waiting between two questions about one call: until the time is over, or until there is news, once."""

    def __init__(self, clock: Clock, signals: Signals | None) -> None:
        self._clock = clock
        self._signals = signals

    async def sleep(self, record: CallRecord, seconds: float) -> bool:
        """Sleep for `seconds`; True, and sooner, on news of the call. Errors of the signals are ignored."""
        if self._signals is not None:
            with suppress(Exception):  # asking is always enough
                signalled = await self._signals.wait_for_signal(record, seconds)
                if signalled:
                    self._signals = None  # the same news for ever must not become a question without a pause
                return signalled
            self._signals = None
        await self._clock.sleep(seconds)
        return False


class Poller:
    """Polls one job until it has ended. `expected` is in seconds from the send.

    `observed` records every answer. `likely`: seconds that the job takes on a worker, as far as that is known.

    The first question comes at the expected end, so that a job that keeps its time is asked about once or twice. From
    then on they come after 50 ms, growing by half to 250 ms; afresh when the job leaves the queue, and more and more
    seldom when it stays there. Without an expectation the first question comes at once.
    """

    def __init__(
        self,
        record: CallRecord,
        source: StatusSource,
        policy: CallPolicy,
        clock: Clock,
        signals: Signals | None = None,
        *,
        observed: Observations | None = None,
        likely: float = 0.0,
    ) -> None:
        self._record = record
        self._source = source
        self._policy = policy
        self._now = clock.now
        self._interval = InterruptibleSleep(clock, signals)
        self._sent_at = record.sent_at or clock.now()
        self._observed = observed or Observations()
        self._observed.idle_until = max(self._observed.idle_until, self._sent_at)
        self._unknown_wait = max(policy.unknown_wait, likely)
        self._queued = True
        self._pause = 0.0

    async def until_ended(self, expected: float | None, deadline: float) -> JobState:
        """Poll until the job has ended, and return its last state.

        Raises `DeadlineExceeded` (`NeverStarted`: it was still queued), `JobLost` or `JobExpired`. `deadline` is in
        seconds from the send; a job that is resumed later still gets a last poll.
        """
        due = self._sent_at + (expected or 0.0)
        pause = max(0.0, min(due - self._now(), self._policy.max_poll_gap))
        left = max(self._sent_at + deadline - self._now(), min(deadline, self._policy.final_poll_timeout))
        try:
            async with asyncio.timeout(left) as limit:
                while not (state := await self._poll(pause)).ended:
                    pause = self._next_pause(due)
                return state
        except TimeoutError:
            if not limit.expired():
                raise
        # An endpoint that does not answer says nothing about the job, and the wait for one that may be lost is kept.
        if (state := await self._poll()).ended:
            return state
        remote_id = self._record.remote_id
        if self._queued:
            raise NeverStarted(f"The GPU did not start the job within {deadline:g} s.", remote_id)
        raise DeadlineExceeded(f"The GPU took longer than {deadline:g} s.", remote_id)

    async def _poll(self, pause: float = 0.0) -> JobState:
        """Sleep for `pause` seconds, then ask until the endpoint knows the job, and return its state."""
        if pause > 0:
            await self._interval.sleep(self._record, pause)
        pause = self._policy.max_poll
        while True:
            try:
                state = await self._source.status(self._record.remote_id)
                break
            except JobNotFound:
                self._require_not_lost()
            await self._interval.sleep(self._record, min(pause, self._seconds_until_lost()))
            pause = min(pause * 1.5, self._policy.max_backoff)
        self._observed.record_state(state.state, self._now())
        if self._queued and state.state != "IN_QUEUE":
            self._pause = 0.0
        self._queued = state.state == "IN_QUEUE"
        return state

    def _next_pause(self, due: float) -> float:
        """Return the seconds until the next question. Before `due`, which is a guess, it comes now and then."""
        left = due - self._now()
        if left > self._policy.first_poll:
            return min(left, self._policy.max_poll_gap)
        overdue = self._queued and -left > self._policy.queue_grace
        longest = self._policy.max_queue_poll if overdue else self._policy.max_poll
        self._pause = min(self._pause * 1.5, longest) or self._policy.first_poll
        return self._pause

    def _require_not_lost(self) -> None:
        """Raise `JobExpired` or `JobLost` once the wait for a job that is not known is over."""
        self._observed.record_unknown(self._now())
        if self._now() - self._sent_at >= RETENTION_S:
            raise JobExpired("The GPU endpoint has forgotten the job.", self._record.remote_id)
        if self._seconds_until_lost() <= 0:
            raise JobLost("The GPU endpoint lost the job.", self._record.remote_id)

    def _seconds_until_lost(self) -> float:
        """Return the seconds until a job that is not known is given up."""
        since = self._observed.record_unknown(self._now())
        return since + self._unknown_wait - self._now()
