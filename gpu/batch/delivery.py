"""Sending a plan's packs side by side and delivering every frame as its pack lands.

taken up ──┐     (what earlier calls have come to, `gpu.batch.resume`, is delivered first)
planned ───┼──> out ──> landed ──> frames delivered, each once
resent ────┤     │
hedged ────┘     ├──> failed: cut in two and sent again; a frame that fails twice, alone, is delivered as failed
                 ├──> late: its frames are sent once more when a worker is idle; the first answer wins.
                 │          When the breaker has opened meanwhile, all is called off
                 └──> nothing left to deliver: cancelled
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from gpu.batch.execution_time import Sample, Timing
from gpu.batch.fleet import Fleet
from gpu.batch.in_flight import STALE_CALL_ERRORS, InFlightCall, is_final
from gpu.batch.packs import CheckAlpha, FrameTask, FrameWork, OnFrame, Summary, can_resume, frame_error, pack_key
from gpu.batch.planner import Pack, Plan, hedge_after, plan
from gpu.batch.resume import Failures, sort_earlier_calls
from gpu.client import GpuClient
from gpu.contract import FrameError, Request
from gpu.errors import EndpointDown, EndpointError, GpuError, JobLost, RequestTooLarge, SendUncertain
from gpu.ledger import CallRecord, Ledger, Result

MAX_CONSECUTIVE_FAILURES: Final = 8
"""Calls that fail one after another, before a single frame has come, until no more are sent."""
HEDGE_RECHECK: Final = 2.0
"""Seconds between two looks for an idle worker while a call is late."""


class Delivery:
    """One run over the frames of one job. `now` is a monotonic clock in seconds; `hedge` the planner's rule.

    `expects`: whether `timing` is worth waiting for the expected end of a call before it is first asked about.
    """

    def __init__(
        self,
        client: GpuClient,
        ledger: Ledger,
        job: FrameTask,
        on_frame: OnFrame,
        *,
        fleet: Fleet,
        timing: Timing,
        accept: CheckAlpha = lambda index, alpha: None,  # noqa: ARG005
        deadline: float | None = None,
        expects: bool = True,
        hedge: Callable[[float], float] = hedge_after,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._job = job
        self._on_frame = on_frame
        self._accept = accept
        self._fleet = fleet
        self._timing = timing
        self._deadline = deadline
        self._expects = expects
        self._hedge_after = hedge
        self._now = now
        self._left: dict[str, list[FrameWork]] = {}
        self._out: dict[asyncio.Task[Result], InFlightCall] = {}
        self._failures = Failures()
        self._failed_in_a_row = 0
        self._trouble: Exception | None = None
        self.summary = Summary()

    async def run(self, work: Sequence[FrameWork]) -> Summary:
        """Deliver every frame of `work`. Frames of one key (equal pictures) are done once.

        Raises `EndpointError` or `SendUncertain` when the endpoint could not be asked for some of them, and the
        ledger's own errors, each after all other calls have landed: what was delivered stays delivered, what is
        still out is taken up by the next run. An error of `on_frame`, and cancellation, cancel all calls.
        """
        for frame in work:
            self._left.setdefault(frame.key, []).append(frame)
        try:
            await self._take_up()
            self._send_plan([key for key in self._left if key not in self._covered()])
            await self._until_landed()
        finally:
            await self._call_off(list(self._out))
        if self._trouble is not None and (self._left or not isinstance(self._trouble, GpuError)):
            raise self._trouble
        return self.summary

    async def _until_landed(self) -> None:
        while self._out and self._left:
            done, _ = await asyncio.wait(self._out, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await self._landed(self._out.pop(task), task)
            if done:
                await self._call_off([task for task, call in self._out.items() if not self._open(call)])
            await self._hedge_late_ones()

    async def _take_up(self) -> None:
        """What another run sent, or has finished, for any of these frames."""
        earlier = sort_earlier_calls(await self._ledger.find_by_frames(list(self._left)), self._left, self._checked)
        self._failures.elsewhere = earlier.failed_elsewhere
        for key, alpha in earlier.alphas.items():
            await self._tell(key, alpha)
        for key, error in earlier.failures:
            if key in self._left:
                await self._take(key, error)
        for record in earlier.live:
            if can_resume(record, self._left, self._client.url):
                self._resume(record)

    def _resume(self, record: CallRecord) -> None:
        now, redo = self._now(), self._seconds([key for key in record.frame_keys if key in self._left])
        late = now + redo + self._hedge_after(redo)
        call = InFlightCall(record.frame_keys, record.key, self._request(record.frame_keys), now, late, resumed=True)
        if record.status == "submitted" and record.endpoint == self._client.url:
            call.record = record
        self._start(call)
        self.summary.resumed += 1

    def _send_plan(self, keys: Sequence[str]) -> None:
        found = plan([self._left[key][0].cost for key in keys], self._fleet, self._timing)
        self._send_packs(keys, found)

    def _send_packs(self, keys: Sequence[str], found: Plan, hedge: bool = False) -> None:
        """The packs that start together side by side, those that start later when these are in the queue."""
        begun, earlier, wave = self._now(), tuple[asyncio.Event, ...](), -1.0
        calls: list[InFlightCall] = []
        for pack in found.packs:
            if pack.start > wave:
                earlier, wave = tuple(call.sent for call in calls), pack.start
            held = tuple(keys[index] for index in pack.frames)
            calls.append(self._planned(held, pack, begun, hedge))
            calls[-1].gates = earlier
        for call in calls:
            self._start(call)
            self.summary.sent += 1

    def _planned(self, keys: tuple[str, ...], pack: Pack, begun: float, hedge: bool) -> InFlightCall:
        due = begun + pack.finish
        occasion = self._failures.retry_tag(keys)
        key = pack_key(keys, f"hedge {occasion}" if hedge else occasion)
        call = InFlightCall(keys, key, self._request(keys), due, due + self._hedge_after(pack.finish - pack.start))
        if hedge:
            call.hedge_at = None
        call.asked_after = pack.scale_up_at
        return call

    def _resend(self, some: Sequence[str]) -> None:
        keys, seconds = tuple(some), self._seconds(some)
        due = self._now() + seconds
        self.summary.sent += 1
        key = pack_key(keys, self._failures.retry_tag(keys))
        self._start(InFlightCall(keys, key, self._request(keys), due, due + self._hedge_after(seconds)))

    def _start(self, call: InFlightCall) -> None:
        self._out[asyncio.ensure_future(self._ask(call))] = call

    async def _ask(self, call: InFlightCall) -> Result:
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
        expected = max(0.0, call.due - self._now()) if self._expects else None
        return await self._client.wait(job, expected, likely=self._seconds(self._open(call)))

    async def _landed(self, call: InFlightCall, task: asyncio.Task[Result]) -> None:
        error = task.exception()
        if error is None:
            self._learn(call, task.result())
            again = await self._deliver(call.keys, task.result())
            if again:
                self._resend(again)
        elif isinstance(error, GpuError):
            await self._failed(call, error)
        elif isinstance(error, Exception):
            self._trouble = error  # graver than what an endpoint says: it is raised even when all has landed
        else:
            raise error

    async def _deliver(self, keys: Sequence[str], result: Result) -> list[str]:
        """Pass the frames on; the keys of those to be tried again."""
        again = []
        for key, found in zip(keys, result.frames, strict=True):
            if key in self._left and await self._take(key, self._checked(key, found)):
                again.append(key)
        return again

    async def _take(self, key: str, found: bytes | FrameError) -> bool:
        """Pass one frame's answer on, unless it is to be tried again."""
        if isinstance(found, bytes):
            self._failed_in_a_row = 0
        elif found["code"] == "internal" and self._failures.record_failure(key):
            return True
        await self._tell(key, found)
        return False

    def _checked(self, key: str, found: bytes | FrameError) -> bytes | FrameError:
        if not isinstance(found, bytes):
            return found
        return self._accept(self._left[key][0].index, found) or found

    async def _failed(self, call: InFlightCall, error: GpuError) -> None:
        """Frames that no other call holds: sent again in two halves, or given up."""
        keys = [key for key in self._open(call) if key not in self._covered()]
        if isinstance(error, EndpointError | SendUncertain) and not isinstance(error, RequestTooLarge):
            self._trouble = self._trouble or error
            return
        self._failed_in_a_row += 1
        if (isinstance(error, STALE_CALL_ERRORS) and call.resumed) or (
            isinstance(error, JobLost) and not call.complete
        ):
            self._resend(keys)
        elif is_final(error) or self._failed_in_a_row >= MAX_CONSECUTIVE_FAILURES:
            await self._give_up(keys, error)
        elif len(keys) > 1:
            self.summary.split += 1
            self._resend(keys[: len(keys) // 2])
            self._resend(keys[len(keys) // 2 :])
        elif keys and self._failures.record_failure(keys[0]):
            self._resend(keys)
        else:
            await self._give_up(keys, error)

    async def _give_up(self, keys: Sequence[str], error: GpuError) -> None:
        for key in keys:
            await self._tell(key, frame_error(error))

    async def _tell(self, key: str, found: bytes | FrameError) -> None:
        for frame in self._left.pop(key):
            if not isinstance(found, bytes):
                self.summary.failed_frames += 1
            await self._on_frame(frame.index, found)

    async def _hedge_late_ones(self) -> None:
        waited = [call for call in self._out.values() if call.can_be_hedged]
        late = [call for call in waited if call.hedge_at is not None and call.hedge_at <= self._now()]
        if not late or await self._is_hopeless():
            return
        idle = await self._client.idle_workers()
        for call in late:
            keys = self._open(call)
            if not idle:
                call.hedge_at = self._now() + HEDGE_RECHECK
                continue
            call.hedge_at = None
            self.summary.hedged += 1
            fleet = Fleet(idle=idle, startable=0)
            found = plan([self._left[key][0].cost for key in keys], fleet, self._timing)
            idle -= min(idle, len(found.packs))
            self._send_packs(keys, found, hedge=True)

    async def _is_hopeless(self) -> bool:
        """Whether the endpoint works on nothing any more: then all that is out is called off."""
        try:
            await self._client.require_endpoint_up()
        except EndpointDown as down:
            self._trouble = self._trouble or down
            await self._call_off(list(self._out))
            return True
        return False

    async def _call_off(self, tasks: Sequence[asyncio.Task[Result]]) -> None:
        for task in tasks:
            self._out.pop(task).sent.set()  # nobody waits behind a call that will not be sent
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _learn(self, call: InFlightCall, result: Result) -> None:
        weight = sum(self._left[key][0].cost.weight for key in call.keys if key in self._left)
        timings = result.timings
        if timings.execution_ms is not None and len(self._open(call)) == len(call.keys):
            self.summary.samples.append(Sample(weight, timings.execution_ms))
        if timings.delay_ms is not None and call.asked_after is not None:
            self.summary.cold_starts.append(Sample(0, timings.delay_ms - 1000 * call.asked_after))

    def _patience(self) -> float | None:
        """Seconds until the next call is late; those that are being sent, or in doubt, are looked at again."""
        calls = [call for call in self._out.values() if call.hedge_at is not None]
        times = [(call.hedge_at or 0.0) - self._now() if call.can_be_hedged else HEDGE_RECHECK for call in calls]
        return max(0.0, min(times)) if times else None

    def _request(self, keys: Sequence[str]) -> Request:
        """The pack of these frames; those that are not ours have no picture here (see `can_resume`)."""
        return self._job.request(self._left[key][0].image if key in self._left else b"" for key in keys)

    def _covered(self) -> set[str]:
        return {key for call in self._out.values() for key in call.keys}

    def _open(self, call: InFlightCall) -> list[str]:
        return [key for key in call.keys if key in self._left]

    def _seconds(self, keys: Sequence[str]) -> float:
        return self._timing.seconds(sum(self._left[key][0].cost.weight for key in keys))
