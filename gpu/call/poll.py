"""Polling a job until its end: when to ask, and how long to go on asking.

**A job that the endpoint does not know.** RunPod answers 404 of a job whose result it keeps no longer (`RETENTION_S`
after its end). It does so as well in the moments after it took one, while it restarts, and behind a proxy that errs:
then the job may be running, is paid for, and the next answer may know it. Therefore:

1. Sent, and last known, longer ago than that, it is over: `JobExpired`, at once.
2. Sent later, it is polled further, more and more seldom, for `CallPolicy.unknown_wait` or as long as it was likely
   to take, whichever is longer; any other answer ends the wait. By then it is done or was never begun, so that to
   send it again does not pay for it twice at the same time. Then it is `JobLost`: booked with the most that it may
   have cost, cancelled in case it is there after all, and sent once more (`gpu.client`).
3. A job that is lost twice fails, unless the endpoint was away after its send: that explains a loss. An endpoint that
   answers and forgets everything is not paid for more than that.

**Deadlines.** A job that runs has its deadline from its start. One that is in the queue waits for its turn, for as
long as the endpoint works: it counts as never started once this run has seen no job, its own or anybody's, begin or
end there for that long. It is left in the queue then: whoever resumes it finds its place kept.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from gpu.call.remote_job import Activity, Observations
from gpu.clock import Clock
from gpu.errors import DeadlineExceeded, JobExpired, JobLost, JobNotFound, NeverStarted
from gpu.ledger import CallRecord
from gpu.runpod.policy import RETENTION_S, CallPolicy
from gpu.runpod.responses import Health, JobState


class Signals(Protocol):
    """News of calls that reach us by another way than by polling: webhooks."""

    async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
        """Wait at most `seconds` for news of this call; True as soon as there is any.

        News is a reason to ask sooner, never an answer: what is lost, late, doubled or forged costs one question.
        """
        ...


class StatusSource(Protocol):
    async def status(self, remote_id: str) -> JobState: ...

    async def health(self) -> Health: ...


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

    `observed` records every answer, and `activity` what it shows of the endpoint. `likely`: seconds that the job
    takes on a worker, as far as that is known.

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
        activity: Activity | None = None,
        likely: float = 0.0,
    ) -> None:
        self._record = record
        self._source = source
        self._policy = policy
        self._now = clock.now
        self._interval = InterruptibleSleep(clock, signals)
        self._sent_at = record.sent_at or clock.now()
        self._observed = observed or Observations()
        self._activity = activity or Activity()
        self._observed.idle_until = max(self._observed.idle_until, self._sent_at)
        self._unknown_wait = max(policy.unknown_wait, likely)
        self._queued = True
        self._pause = 0.0

    async def until_ended(self, expected: float | None, deadline: float) -> JobState:
        """Poll until the job has ended, and return its last state.

        Raises `NeverStarted` or `DeadlineExceeded` (`deadline` is in seconds, see above), `JobLost` or `JobExpired`.
        A job that is resumed after its deadline still gets a last poll.
        """
        due = self._sent_at + (expected or 0.0)
        pause = max(0.0, min(due - self._now(), self._policy.max_poll_gap))
        left = max(self._seconds_left(deadline), min(deadline, self._policy.final_poll_timeout))
        while left > 0:
            try:
                async with asyncio.timeout(left) as limit:
                    while not (state := await self._poll(pause)).ended:
                        pause = self._next_pause(due)
                    return state
            except TimeoutError:
                if not limit.expired():
                    raise
            # An endpoint that does not answer says nothing of the job; one that may be lost is waited for as long.
            if (state := await self._poll()).ended:
                return state
            if self._queued and self._seconds_left(deadline) <= 0:  # it may work for others
                self._activity.record_health(await self._source.health(), self._now())
            left = self._seconds_left(deadline)
        if self._queued:
            worked_at = max(self._sent_at, self._activity.worked_at)
            raise NeverStarted("The GPU endpoint starts no work.", worked_at)
        raise DeadlineExceeded(f"The GPU took longer than {deadline:g} s.", self._record.remote_id)

    def _seconds_left(self, deadline: float) -> float:
        activity, observed = self._activity, self._observed
        since = (
            max(self._sent_at, activity.watched_since, activity.worked_at) if self._queued else observed.idle_until
        )
        return max(since, activity.away_until) + deadline - self._now()

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
        now, starts = self._now(), self._queued and state.state != "IN_QUEUE"
        self._observed.record_state(state.state, now, self._sent_at + (state.timings.delay_ms or 0) / 1000)
        if starts:
            self._pause = 0.0
        if starts or state.ended:
            self._activity.worked_at = now
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
        if self._now() - max(self._sent_at, self._observed.known_at) >= RETENTION_S:
            raise JobExpired("The GPU endpoint has forgotten the job.", self._record.remote_id)
        if self._seconds_until_lost() <= 0:
            raise JobLost("The GPU endpoint lost the job.", self._record.remote_id)

    def _seconds_until_lost(self) -> float:
        """Return the seconds until a job that is not known is given up."""
        since = self._observed.record_unknown(self._now())
        return since + self._unknown_wait - self._now()
