"""Sending a plan's packs side by side and delivering every frame as its pack lands.

resumed ───┐     (what earlier calls have come to, `gpu.batch.resume`, is delivered first)
planned ───┼──> out ──> landed ──> frames delivered, each once
resent ────┤     │
hedged ────┘     ├──> failed: cut in two and sent again; a frame that fails twice, alone, is delivered as failed.
                 │          A call that timed out is cut once
                 ├──> late: its frames are sent once more when a worker, not its own, is idle; the first answer wins.
                 │          When the breaker has opened meanwhile, all is left for the next run
                 ├──> never started: left in the endpoint's queue for the next run
                 └──> nothing left to deliver: cancelled
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from gpu.batch import hedging
from gpu.batch.execution_time import Sample
from gpu.batch.fleet import Fleet
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.batch.in_flight import TIMEOUT_ERRORS, InFlightCall, is_final
from gpu.batch.packs import FrameTask, Summary, can_resume, pack_key
from gpu.batch.planner import plan
from gpu.batch.resume import sort_earlier_calls
from gpu.client import GpuClient
from gpu.errors import EndpointDown, EndpointError, GpuError, NeverStarted, RequestTooLarge, SendUncertain
from gpu.ledger import CallRecord, Result

MAX_CONSECUTIVE_FAILURES: Final = 8
"""Calls that fail one after another, before a single frame has come, until no more are sent."""


class Delivery:
    """One run over the frames of one job. `deadline` is each call's, in seconds; `now` a monotonic clock.

    `read_fleet` reads the endpoint's workers; it is awaited only while frames are left.
    """

    def __init__(
        self,
        client: GpuClient,
        task: FrameTask,
        frames: PendingFrames,
        forecast: Forecast,
        read_fleet: Callable[[], Awaitable[Fleet]],
        *,
        deadline: float | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._task = task
        self._frames = frames
        self._forecast = forecast
        self._read_fleet = read_fleet
        self._deadline = deadline
        self._now = now
        self._calls: dict[asyncio.Task[Result], InFlightCall] = {}
        self._failed_in_a_row = 0
        self._error: Exception | None = None
        self.summary = Summary()

    async def run(self) -> Summary:
        """Deliver every frame.

        Raises `EndpointError` or `SendUncertain` when the endpoint could not be asked for some of them, and the
        ledger's own errors, each after all other calls have landed: what was delivered stays delivered, what is
        still out is resumed by the next run. An error of `on_frame`, and cancellation, cancel all calls.
        """
        try:
            live = await self._deliver_known()
            if self._frames:
                fleet = await self._read_fleet()  # may fail, and nothing is waited for yet that would be cancelled
                for record in live:
                    self._resume(record)
                new = self._not_in_flight(self._frames.keys)
                if new and await self._endpoint_answers():
                    self._send(new, fleet)
            await self._until_landed()
        finally:
            await self._cancel(list(self._calls))
        if self._error is not None and (self._frames or not isinstance(self._error, GpuError)):
            raise self._error
        self.summary.failed_frames = self._frames.failed
        return self.summary

    async def _deliver_known(self) -> list[CallRecord]:
        """Deliver what another run has finished of these frames; return its calls that can be waited for."""
        records = await self._client.ledger.find_by_frames(self._frames.keys)
        earlier = sort_earlier_calls(records, self._frames, self._frames.check)
        self._frames.failures.elsewhere = earlier.failed_elsewhere
        for key, alpha in earlier.alphas.items():
            await self._frames.deliver(key, alpha)
        for key, error in earlier.failures:
            if key in self._frames and not self._frames.record_failure(key, error):
                await self._frames.deliver(key, error)
        return [record for record in earlier.live if can_resume(record, self._frames.keys, self._client.url)]

    def _resume(self, record: CallRecord) -> None:
        seconds = self._expected_seconds(record.frame_keys)
        call = self._start_call(record.frame_keys, self._now() + seconds, seconds)
        call.key, call.resumed, call.due = record.key, True, self._now()  # it may have ended already
        if record.status == "submitted" and record.endpoint == self._client.url:
            call.record = record
        self.summary.resumed += 1

    async def _endpoint_answers(self) -> bool:
        """Tell whether the endpoint may be sent work; if not, this run ends with its error and the next one sends."""
        try:
            await self._client.require_answer()
        except EndpointError as away:
            self._error = away
        return self._error is None

    def _send(self, keys: Sequence[str], fleet: Fleet, *, hedge: bool = False) -> int:
        """Pack the frames and send the packs: those that start together side by side, later ones behind them.

        Returns the number of packs.
        """
        packs = plan(self._frames.costs(keys), fleet, self._forecast.timing).packs
        begun, gates, wave = self._now(), tuple[asyncio.Event, ...](), -1.0
        calls: list[InFlightCall] = []
        for pack in packs:
            if pack.start > wave:
                gates, wave = tuple(call.sent for call in calls), pack.start
            packed = tuple(keys[index] for index in pack.frames)
            call = self._start_call(packed, begun + pack.finish, pack.finish - pack.start, hedge=hedge)
            call.scale_up_at, call.gates = pack.scale_up_at, gates
            calls.append(call)
        self.summary.sent += len(packs)
        return len(packs)

    def _resend(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        seconds = self._expected_seconds(keys)
        self._start_call(tuple(keys), self._now() + seconds, seconds)
        self.summary.sent += 1

    def _start_call(self, keys: tuple[str, ...], due: float, seconds: float, *, hedge: bool = False) -> InFlightCall:
        """Start a call that should end at `due` and would take `seconds` if repeated. A hedge is never hedged.

        Its task first runs when the caller awaits something, so that the call may still be completed until then.
        """
        tag = self._frames.failures.retry_tag(keys)
        key = pack_key(keys, f"hedge {tag}" if hedge else tag)
        hedge_at = None if hedge else due + self._forecast.hedge_after(seconds)
        call = InFlightCall(keys, key, self._task.request(self._frames.images(keys)), due, hedge_at)
        self._calls[asyncio.ensure_future(self._submit_and_wait(call))] = call
        return call

    async def _submit_and_wait(self, call: InFlightCall) -> Result:
        for gate in call.gates:
            await gate.wait()
        asked = self._now()
        try:
            if call.record is not None:
                job = await self._client.resume(call.record, call.request, self._deadline)
            else:
                job = await self._client.submit(call.request, call.key, self._deadline, frame_keys=call.keys)
        finally:
            call.postpone(self._now() - asked)
            call.sent.set()
        call.job, call.resumed = job, call.resumed or job.resumed
        expected = max(0.0, call.due - self._now()) if self._forecast.measured else None
        return await self._client.wait(job, expected, likely=self._expected_seconds(call.keys))

    async def _until_landed(self) -> None:
        while self._calls and self._frames:
            done, _ = await asyncio.wait(
                self._calls, timeout=self._seconds_until_late(), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                await self._on_landed(self._calls.pop(task), task)
            if done:
                await self._cancel(
                    [task for task, call in self._calls.items() if not self._frames.left_of(call.keys)]
                )
            await self._hedge_late_calls()

    async def _on_landed(self, call: InFlightCall, task: asyncio.Task[Result]) -> None:
        """Deliver a call's frames, and send those again that are to be tried once more."""
        try:
            result = task.result()
        except GpuError as error:
            await self._on_failed(call, error)
            return
        except Exception as error:  # noqa: BLE001  the ledger's: it is raised even when all has landed
            self._error = error
            return
        self._record_samples(call, result)
        resend = []
        for key, frame in zip(call.keys, result.frames, strict=True):
            if key not in self._frames:
                continue
            found = self._frames.check(key, frame)
            if isinstance(found, bytes):
                self._failed_in_a_row = 0
            elif self._frames.record_failure(key, found):
                resend.append(key)
                continue
            await self._frames.deliver(key, found)
        if resend:
            self._resend(resend)

    async def _on_failed(self, call: InFlightCall, error: GpuError) -> None:
        """Send again, in two halves, or give up the frames that no other call holds.

        One bad frame fails its whole call, so halving finds it in log2(n) calls and the others are not lost. The
        endpoint's own errors say nothing of the frames: those are left for the next run.
        """
        keys = self._not_in_flight(self._frames.left_of(call.keys))
        if isinstance(error, NeverStarted) and call.job and not keys:
            await self._client.cancel(call.job)  # another call has its frames
            return
        if isinstance(error, EndpointError | SendUncertain) and not isinstance(error, RequestTooLarge):
            self._error = self._error or error
            return
        self._failed_in_a_row += 1
        if call.is_stale(error):
            self._resend(keys)
        elif is_final(error) or self._failed_in_a_row >= MAX_CONSECUTIVE_FAILURES:
            await self._frames.give_up(keys, error)
        elif isinstance(error, TIMEOUT_ERRORS):
            self._resend_halves(again := self._frames.failures.record_timeout(keys))
            await self._frames.give_up([key for key in keys if key not in again], error)
        elif len(keys) > 1:
            self._resend_halves(keys)
        elif keys and self._frames.failures.record_failure(keys[0]):
            self._resend(keys)
        else:
            await self._frames.give_up(keys, error)

    def _resend_halves(self, keys: Sequence[str]) -> None:
        self.summary.split += bool(keys)
        self._resend(keys[: len(keys) // 2])
        self._resend(keys[len(keys) // 2 :])

    async def _hedge_late_calls(self) -> None:
        """Give the frames of late calls to idle workers too; the first answer wins.

        When the breaker has opened meanwhile nothing works any more: the calls are left for the next run.
        """
        late = [call for call in self._calls.values() if call.is_late(self._now())]
        if not late:
            return
        try:
            await self._client.require_endpoint_up()
        except EndpointDown as down:
            self._error = self._error or down
            self._client.detach()
            await self._cancel(list(self._calls))
            return
        idle = await self._client.idle_workers()
        for call in late:
            if not call.goes_on_beside(idle):
                call.hedge_at = self._now() + (hedging.CONFIRM_S if idle else hedging.RECHECK_S)
                continue
            call.hedge_at = None
            self.summary.hedged += 1
            packs = self._send(self._frames.left_of(call.keys), Fleet(idle=idle, startable=0), hedge=True)
            idle -= min(idle, packs)

    async def _cancel(self, tasks: Sequence[asyncio.Task[Result]]) -> None:
        for task in tasks:
            self._calls.pop(task).sent.set()  # nobody waits behind a call that will not be sent
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _record_samples(self, call: InFlightCall, result: Result) -> None:
        timings = result.timings
        if timings.execution_ms is not None and len(self._frames.left_of(call.keys)) == len(call.keys):
            self.summary.samples.append(Sample(self._frames.weight(call.keys), timings.execution_ms))
        if timings.delay_ms is not None and call.scale_up_at is not None:
            self.summary.cold_starts.append(Sample(0, timings.delay_ms - 1000 * call.scale_up_at))

    def _seconds_until_late(self) -> float | None:
        """Return the seconds until the next call is late.

        Calls that are being sent, or may be lost, are looked at again after a while.
        """
        calls = [call for call in self._calls.values() if call.hedge_at is not None]
        times = [(call.hedge_at or 0.0) - self._now() if call.can_be_hedged else hedging.RECHECK_S for call in calls]
        return max(0.0, min(times)) if times else None

    def _not_in_flight(self, keys: Sequence[str]) -> list[str]:
        in_flight = {key for call in self._calls.values() for key in call.keys}
        return [key for key in keys if key not in in_flight]

    def _expected_seconds(self, keys: Sequence[str]) -> float:
        """Return the expected seconds of the frames that are left of these, on a worker."""
        return self._forecast.timing.seconds(self._frames.weight(keys))
