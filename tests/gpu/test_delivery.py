"""A plan's packs sent side by side: every frame is delivered once, whatever becomes of the calls."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gpu.breaker import BreakerState, MemoryBreaker
from gpu.client import GpuClient
from gpu.contract import FrameError, Request
from gpu.delivery import Delivery
from gpu.errors import CallNotAllowed, EndpointDown, JobFailed, RequestRefused
from gpu.fleet import Fleet
from gpu.ledger import UNTIMED, CallMovedError, CallRecord, MemoryLedger, Result
from gpu.limits import Limits
from gpu.outgoing import Outgoing
from gpu.packs import FrameWork, Job, Summary, pack_key
from gpu.timing import Sample, Timing
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import FakeRunpod

JOB = Job("rembg", {"model": "isnet"})
WARM = Fleet(idle=2, startable=0)
TIMING = Timing(100.0, 10.0)
QUICK = Timing(1.0, 1.0)
"""For what happens on the real clock."""


def images(body: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(image) for image in body["input"]["images"]]


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """Each frame's alpha is its picture's bytes, so that a frame that got another's is seen."""
    results = [{"alpha": base64.b64encode(b"alpha of " + image).decode()} for image in images(body)]
    output = {"results": results, "model": "isnet", "ms": 1.0}
    return {"status": "COMPLETED", "output": output, "delayTime": 5, "executionTime": 60}


def failing(poison: set[bytes], state: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: state if poison.intersection(images(body)) else answer(body)


def frame_failing(poison: bytes, code: str, times: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The pack succeeds, but this frame in it has an error, so many times."""
    left = [times]

    def outcome(body: dict[str, Any]) -> dict[str, Any]:
        state = answer(body)
        for image, result in zip(images(body), state["output"]["results"], strict=True):
            if image == poison and left[0]:
                left[0] -= 1
                del result["alpha"]
                result["error"] = {"code": code, "message": "no"}
        return state

    return outcome


@dataclass
class Stuck(FakeRunpod):
    """Some jobs never end; the others do when they are asked about."""

    stuck: set[str] = field(default_factory=set)
    idle: int = 1
    waiting: int = 0
    asked_for_health: asyncio.Event = field(default_factory=asyncio.Event)

    def _status(self, request: httpx.Request, remote_id: str) -> httpx.Response:
        if remote_id in self.stuck:
            return httpx.Response(200, json={"id": remote_id, "status": "IN_PROGRESS"})
        return super()._status(request, remote_id)

    def _health(self, _: httpx.Request, __: str) -> httpx.Response:
        self.asked_for_health.set()
        return httpx.Response(200, json={"jobs": {"inQueue": self.waiting}, "workers": {"idle": self.idle}})


@pytest.fixture
def runpod() -> Stuck:
    return Stuck(outcome=answer)


@pytest.fixture(autouse=True)
def looks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery waits on the real clock, while the client's questions follow one another without a pause."""
    monkeypatch.setattr("gpu.delivery.LOOK_AGAIN", 0.05)


@dataclass
class Desk:
    """Where frames are delivered."""

    client: GpuClient
    ledger: MemoryLedger
    landed: dict[int, bytes | FrameError] = field(default_factory=dict)

    async def keep(self, index: int, found: bytes | FrameError) -> None:
        assert index not in self.landed
        self.landed[index] = found

    async def deliver(self, work: list[FrameWork], fleet: Fleet = WARM, **options: Any) -> Summary:
        options = {"fleet": fleet, "timing": TIMING} | options
        return await Delivery(self.client, self.ledger, JOB, self.keep, **options).run(work)

    @property
    def failed(self) -> list[int]:
        return sorted(index for index, found in self.landed.items() if not isinstance(found, bytes))

    def right(self, work: list[FrameWork]) -> bool:
        """Every frame that did not fail has its own alpha."""
        good = {frame.index: b"alpha of " + frame.image for frame in work if frame.index not in self.failed}
        return {index: found for index, found in self.landed.items() if isinstance(found, bytes)} == good


@pytest.fixture
def desk(client: GpuClient, ledger: MemoryLedger) -> Desk:
    return Desk(client, ledger)


def frames(count: int) -> list[FrameWork]:
    return [JOB.frame(index, f"picture {index}".encode(), "project") for index in range(count)]


async def test_frames_go_out_as_the_plan_says_and_each_comes_back_as_its_own(desk: Desk, runpod: Stuck) -> None:
    work = frames(30)
    summary = await desk.deliver(work)
    assert [len(images(body)) for body in runpod.bodies] == [15, 15]
    assert desk.right(work)
    assert (summary.sent, summary.split, summary.hedged, summary.failed_frames) == (2, 0, 0, 0)
    assert [row.status for row in desk.ledger.rows] == ["succeeded"] * 2
    assert [row.frame_keys for row in desk.ledger.rows] == [
        tuple(frame.key for frame in half) for half in (work[:15], work[15:])
    ]


async def test_packs_for_later_workers_stand_behind_those_that_start_at_once(desk: Desk, runpod: Stuck) -> None:
    await desk.deliver(frames(60), Fleet(idle=1, free_in=(0.2, 0.3), startable=0))
    sizes = [len(images(body)) for body in runpod.bodies]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 3


async def test_equal_pictures_are_done_once_and_delivered_to_each(desk: Desk, runpod: Stuck) -> None:
    twice = [JOB.frame(index, b"the same", "project") for index in (4, 7)]
    await desk.deliver(twice)
    assert [len(images(body)) for body in runpod.bodies] == [1]
    assert sorted(desk.landed) == [4, 7]


async def test_nothing_to_do_asks_nothing(desk: Desk, runpod: Stuck) -> None:
    assert (await desk.deliver([])).sent == 0
    assert runpod.requests == []


async def test_one_frame_that_breaks_its_pack_fails_alone(desk: Desk, runpod: Stuck) -> None:
    work = frames(30)
    runpod.outcome = failing({work[11].image}, {"status": "FAILED", "error": "CUDA error"})
    summary = await desk.deliver(work)
    assert desk.failed == [11]
    assert desk.landed[11] == {"code": "internal", "message": "CUDA error"}
    assert desk.right(work)
    assert summary.failed_frames == 1
    assert sum(images(body) == [work[11].image] for body in runpod.bodies) == 2


async def test_a_result_that_was_too_large_comes_in_smaller_packs(desk: Desk, runpod: Stuck) -> None:
    work = frames(8)
    runpod.outcome = lambda body: {"status": "COMPLETED"} if len(images(body)) > 2 else answer(body)
    await desk.deliver(work)
    assert desk.right(work)
    assert not desk.failed


@pytest.mark.parametrize("code", ["bad_task", "bad_params", "model_unavailable"])
async def test_what_a_worker_says_of_the_request_itself_is_not_asked_again(
    desk: Desk, runpod: Stuck, code: str
) -> None:
    runpod.outcome = lambda body: {"status": "FAILED", "error": f'{{"code": "{code}", "message": "no"}}'}
    await desk.deliver(frames(30))
    assert desk.failed == list(range(30))
    assert len(runpod.bodies) == 2


async def test_an_endpoint_on_which_every_call_fails_is_given_up_soon(desk: Desk, runpod: Stuck) -> None:
    runpod.outcome = lambda body: {"status": "COMPLETED", "output": {"results": []}}
    await desk.deliver(frames(60))
    assert desk.failed == list(range(60))
    assert len(runpod.bodies) <= 16


async def test_an_endpoint_that_is_down_is_raised_and_no_more_is_sent(desk: Desk, runpod: Stuck) -> None:
    runpod.outcome = lambda body: {"status": "FAILED", "error": "boom"}
    with pytest.raises(EndpointDown):
        await desk.deliver(frames(60))
    assert desk.landed == {}
    assert len(runpod.bodies) <= 16


async def test_a_frame_that_failed_in_its_pack_is_tried_once_more(desk: Desk, runpod: Stuck) -> None:
    work = frames(6)
    runpod.outcome = frame_failing(work[2].image, "internal", times=1)
    await desk.deliver(work, Fleet(idle=1, startable=0))
    assert [len(images(body)) for body in runpod.bodies] == [6, 1]
    assert desk.right(work)
    assert not desk.failed


async def test_a_single_frame_that_failed_is_really_asked_for_again(desk: Desk, runpod: Stuck) -> None:
    work = frames(1)
    runpod.outcome = frame_failing(work[0].image, "internal", times=1)
    await desk.deliver(work)
    assert len(runpod.bodies) == 2
    assert not desk.failed


async def test_a_frame_that_fails_twice_fails_alone(desk: Desk, runpod: Stuck) -> None:
    work = frames(6)
    runpod.outcome = frame_failing(work[2].image, "internal", times=9)
    await desk.deliver(work)
    assert desk.failed == [2]
    assert desk.right(work)


async def test_a_picture_that_cannot_be_opened_is_not_sent_again(desk: Desk, runpod: Stuck) -> None:
    work = frames(6)
    runpod.outcome = frame_failing(work[2].image, "bad_image", times=9)
    await desk.deliver(work, Fleet(idle=1, startable=0))
    assert desk.landed[2] == {"code": "bad_image", "message": "no"}
    assert len(runpod.bodies) == 1


async def test_an_alpha_that_is_not_accepted_is_asked_for_again(desk: Desk, runpod: Stuck) -> None:
    seen: list[int] = []

    def refuse_first(index: int, alpha: bytes) -> FrameError | None:
        seen.append(index)
        return {"code": "internal", "message": "wrong size"} if seen.count(index) == 1 and index == 1 else None

    work = frames(3)
    await desk.deliver(work, Fleet(idle=1, startable=0), accept=refuse_first)
    assert [len(images(body)) for body in runpod.bodies] == [3, 1]
    assert desk.right(work)


async def test_a_late_call_is_hedged_when_a_worker_is_idle_and_the_first_answer_wins(
    desk: Desk, runpod: Stuck
) -> None:
    work = frames(10)
    runpod.stuck = {"job-1"}
    summary = await desk.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.02)
    assert desk.right(work)
    assert (summary.hedged, len(runpod.bodies), runpod.cancelled) == (1, 2, ["job-1"])
    assert [row.status for row in desk.ledger.rows] == ["cancelled", "succeeded"]


async def test_a_late_call_is_not_hedged_while_jobs_wait_or_no_worker_is_idle(desk: Desk, runpod: Stuck) -> None:
    runpod.stuck, runpod.waiting = {"job-1"}, 1
    task = asyncio.ensure_future(
        desk.deliver(frames(10), Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.01)
    )
    await runpod.asked_for_health.wait()
    await asyncio.wait({task}, timeout=0.05)
    assert len(runpod.bodies) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert runpod.cancelled == ["job-1"]


async def test_a_call_is_first_asked_about_at_its_expected_end_or_at_once_when_that_is_a_guess(
    desk: Desk, clock: Clock
) -> None:
    slow = Timing(9000.0, 10.0)
    await desk.deliver(frames(1), Fleet(idle=1, startable=0), timing=slow, expects=False)
    assert sum(clock.slept) < 1.0
    await desk.deliver([JOB.frame(1, b"another", "project")], Fleet(idle=1, startable=0), timing=slow)
    assert sum(clock.slept) > 1.0


async def test_a_send_without_an_answer_is_not_repeated_by_a_hedge(desk: Desk, runpod: Stuck, clock: Clock) -> None:
    runpod.fail("run", runpod.take_and_lose_the_answer)
    work = frames(4)
    summary = await desk.deliver(work, Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.0)
    assert desk.right(work)
    assert (summary.hedged, [row.status for row in desk.ledger.rows]) == (0, ["uncertain", "succeeded"])
    assert sum(clock.slept) >= Limits().uncertain_wait


async def test_a_call_whose_send_took_long_is_expected_so_much_later() -> None:
    call = Outgoing(("k",), "key", JOB.request([b"x"]), due=3.0, hedge_at=4.0)
    call.put_off(15.0)
    assert (call.due, call.hedge_at) == (18.0, 19.0)
    call.hedge_at = None
    call.put_off(1.0)
    assert (call.due, call.hedge_at) == (19.0, None)


async def test_what_is_late_is_called_off_when_the_breaker_has_opened(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: Stuck, clock: Clock
) -> None:
    runpod.stuck, runpod.idle = {"job-1"}, 0
    breaker = MemoryBreaker(clock.now)
    desk = Desk(new_client(breaker=breaker), ledger)
    task = asyncio.ensure_future(
        desk.deliver(frames(3), Fleet(idle=1, startable=0), timing=QUICK, hedge=lambda redo: 0.01)
    )
    await runpod.asked_for_health.wait()  # it is late, and may still come
    breaker.state = BreakerState(phase="open", error="stalled", opened_at=clock.now(), cooldown=1e9)
    with pytest.raises(EndpointDown, match="The GPU is failing"):
        await task
    assert runpod.cancelled == ["job-1"]
    assert desk.landed == {}


async def test_under_a_half_open_breaker_all_packs_wait_for_the_first_and_land(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: Stuck, clock: Clock
) -> None:
    state = BreakerState("open", 3, "worker_crashed", opened_at=clock.now() - 11)
    breaker = MemoryBreaker(clock.now, state)
    desk, work = Desk(new_client(breaker=breaker), ledger), frames(30)
    await desk.deliver(work)
    assert desk.right(work)
    assert not desk.failed
    assert len(runpod.bodies) == 2
    assert breaker.state == BreakerState()


async def test_a_call_for_which_there_is_no_leave_is_not_cut_down_to_what_would_be_allowed(
    new_client: ClientFactory, runpod: Stuck, clock: Clock
) -> None:
    class Bounded(MemoryLedger):
        """It has room for one call."""

        async def open(self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()) -> CallRecord:
            if self.rows and key != self.rows[0].key:
                raise CallNotAllowed("The day is used up.")
            return await super().open(request, key, endpoint, frame_keys)

    ledger = Bounded(clock.now)
    desk, work = Desk(new_client(ledger), ledger), frames(30)
    summary = await desk.deliver(work)
    assert (len(desk.failed), len(runpod.bodies), len(ledger.rows), summary.split) == (15, 1, 1, 0)
    assert {found["message"] for found in desk.landed.values() if not isinstance(found, bytes)} == {
        "The day is used up."
    }
    assert desk.right(work)


async def test_what_an_earlier_run_sent_is_taken_up_though_the_plan_is_another(
    desk: Desk, new_client: ClientFactory, runpod: Stuck
) -> None:
    work = frames(30)
    sent = work[:20]
    request = JOB.request(frame.image for frame in sent)
    keys = [frame.key for frame in sent]
    await new_client().submit(request, pack_key(keys), frame_keys=keys)
    summary = await desk.deliver(work)
    assert [len(images(body)) for body in runpod.bodies] == [20, 5, 5]
    assert (summary.taken_up, summary.sent) == (1, 2)
    assert desk.right(work)


async def test_what_an_earlier_run_has_finished_is_not_asked_for_again(desk: Desk, runpod: Stuck) -> None:
    work = frames(10)
    await desk.deliver(work)
    asked, desk.landed = len(runpod.requests), {}
    await desk.deliver(work[3:] + frames(12)[10:])
    assert sorted(desk.landed) == list(range(3, 12))
    assert sum(len(images(body)) for body in runpod.bodies) == 12
    assert len(runpod.requests) > asked


async def test_a_live_call_with_frames_that_are_wanted_no_more_serves_those_that_are(
    desk: Desk, new_client: ClientFactory, runpod: Stuck
) -> None:
    work = frames(6)
    keys = [frame.key for frame in work]
    await new_client().submit(JOB.request(frame.image for frame in work), pack_key(keys), frame_keys=keys)
    await desk.deliver(work[2:4])
    assert desk.landed == {2: b"alpha of picture 2", 3: b"alpha of picture 3"}
    assert len(runpod.bodies) == 1


async def test_a_job_that_the_endpoint_has_forgotten_is_sent_anew_in_one_piece(
    desk: Desk, new_client: ClientFactory, runpod: Stuck
) -> None:
    work = frames(6)
    keys = [frame.key for frame in work]
    await new_client().submit(JOB.request(frame.image for frame in work), pack_key(keys), frame_keys=keys)
    runpod.fail("status", httpx.Response(404))
    await desk.deliver(work)
    assert [len(images(body)) for body in runpod.bodies] == [6, 6]
    assert desk.right(work)


@pytest.mark.parametrize("state", ["TIMED_OUT", "CANCELLED"])
async def test_what_has_had_its_time_gets_no_more(desk: Desk, runpod: Stuck, state: str) -> None:
    runpod.outcome = lambda body: {"status": state}
    await desk.deliver(frames(30))
    assert desk.failed == list(range(30))
    assert len(runpod.bodies) == 2


async def test_an_endpoint_that_refuses_one_call_is_raised_when_the_others_have_landed(
    desk: Desk, runpod: Stuck
) -> None:
    runpod.fail("run", httpx.Response(400))
    with pytest.raises(RequestRefused):
        await desk.deliver(frames(30))
    assert len(desk.landed) == 15


async def test_an_error_of_the_ledger_is_raised_when_the_others_have_landed(new_client: ClientFactory) -> None:
    class Moved(MemoryLedger):
        async def succeeded(self, record: CallRecord, result: Result) -> CallRecord:
            if record is self.rows[0]:
                raise CallMovedError("another run has it")
            return await super().succeeded(record, result)

    ledger = Moved()
    desk = Desk(new_client(ledger), ledger)
    with pytest.raises(CallMovedError):
        await desk.deliver(frames(30))
    assert len(desk.landed) == 15


async def test_a_delivery_that_fails_calls_everything_off(
    client: GpuClient, ledger: MemoryLedger, runpod: Stuck
) -> None:
    runpod.stuck = {"job-2"}

    async def lose_lease(index: int, found: bytes | FrameError) -> None:
        raise RuntimeError("the lease is lost")

    delivery = Delivery(client, ledger, JOB, lose_lease, fleet=WARM, timing=TIMING)
    with pytest.raises(RuntimeError, match="lease"):
        await delivery.run(frames(30))
    assert runpod.cancelled == ["job-2"]


async def test_a_run_says_what_may_be_learned_from_it(desk: Desk) -> None:
    warm = await desk.deliver(frames(30))
    assert warm.samples == [Sample(15, 60)] * 2
    assert warm.cold_starts == []
    desk.landed = {}
    fleet = Fleet(startable=1, cold_start=0.01)
    cold = await desk.deliver([JOB.frame(1, b"another", "project")], fleet)
    assert cold.cold_starts == [Sample(0, 5)]


async def test_a_call_that_failed_before_leaves_its_frames_to_be_sent(desk: Desk, runpod: Stuck) -> None:
    work = frames(4)
    keys = [frame.key for frame in work]
    record = await desk.ledger.open(JOB.request([]), pack_key(keys), desk.client.url, keys)
    await desk.ledger.failed(record, JobFailed("internal", "boom"), UNTIMED)
    await desk.deliver(work)
    assert desk.right(work)
