"""From a job that the endpoint has to its end: when to ask, and how long to go on asking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from gpu.answers import JobState
from gpu.errors import DeadlineExceeded, NeverStarted
from gpu.ledger import CallRecord
from gpu.limits import Limits, Sleep


class Signals(Protocol):
    """News of calls that reach us by another way than by asking: webhooks."""

    async def heard(self, record: CallRecord, seconds: float) -> bool:
        """Wait at most `seconds` for news of this call; True as soon as there is any.

        News is a reason to ask sooner, never an answer: what is lost, late, doubled or forged costs one question.
        """
        ...


class StatusSource(Protocol):
    async def status(self, remote_id: str) -> JobState: ...


class Pauses:
    """Waiting between two questions about one call: until the time is over, or until there is news, once."""

    def __init__(self, sleep: Sleep, signals: Signals | None) -> None:
        self._sleep = sleep
        self._signals = signals

    async def pause(self, record: CallRecord, seconds: float) -> bool:
        """Returns after `seconds`, or at once on news of the call: True then. Signals that break are done without."""
        if self._signals is not None:
            with suppress(Exception):  # asking is always enough
                heard = await self._signals.heard(record, seconds)
                if heard:
                    self._signals = None  # the same news for ever must not become a question without a pause
                return heard
            self._signals = None
        await self._sleep(seconds)
        return False


class Watch:
    """One job, watched until it has ended. `now` is Unix time in seconds; `expected` seconds from the send.

    The first question comes at the expected end, so that a job that keeps its time is asked about once or twice. From
    then on they come after 50 ms, growing by half to 250 ms; afresh when the job leaves the queue, and more and more
    seldom when it stays there. Without an expectation the first question comes at once.
    """

    def __init__(
        self, record: CallRecord, source: StatusSource, limits: Limits, now: Callable[[], float], pauses: Pauses
    ) -> None:
        self._record = record
        self._source = source
        self._limits = limits
        self._now = now
        self._pauses = pauses
        self._sent_at = record.sent_at or now()
        self._queued = True

    async def ended(self, expected: float | None, deadline: float) -> JobState:
        """The state in which the job has ended. Raises `DeadlineExceeded` (`NeverStarted`: it was still queued).

        `deadline` is in seconds from the send; a job that is taken up later still gets a last look.
        """
        left = max(self._sent_at + deadline - self._now(), min(deadline, self._limits.last_look))
        try:
            async with asyncio.timeout(left) as limit:
                return await self._until_ended(self._sent_at + (expected or 0.0))
        except TimeoutError:
            if not limit.expired():
                raise
        remote_id = self._record.remote_id
        if self._queued:
            raise NeverStarted(f"The GPU did not start the job within {deadline:g} s.", remote_id)
        raise DeadlineExceeded(f"The GPU took longer than {deadline:g} s.", remote_id)

    async def _until_ended(self, due: float) -> JobState:
        state = await self._at(due)
        pause = self._limits.first_poll
        while not state.ended:
            await self._pauses.pause(self._record, pause)
            waited_in_queue = self._queued
            state = await self._ask()
            started = waited_in_queue and not self._queued
            pause = self._limits.first_poll if started else min(pause * 1.5, self._longest(due))
        return state

    async def _at(self, due: float) -> JobState:
        """What the job is at `due`, or earlier if it has ended by then: the guess may have been too long."""
        while (left := due - self._now()) > 0:
            early = left > self._limits.longest_silence
            news = await self._pauses.pause(self._record, min(left, self._limits.longest_silence))
            if (news or early) and (state := await self._ask()).ended:
                return state
        return await self._ask()

    async def _ask(self) -> JobState:
        state = await self._source.status(self._record.remote_id)
        self._queued = state.state == "IN_QUEUE"
        return state

    def _longest(self, due: float) -> float:
        overdue = self._queued and self._now() > due + self._limits.queue_patience
        return self._limits.longest_queue_poll if overdue else self._limits.longest_poll
