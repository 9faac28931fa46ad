"""A plan's packs sent side by side: every frame is delivered once, whatever becomes of the calls."""

from __future__ import annotations

import httpx
import pytest

from gpu.batch.delivery import Delivery
from gpu.batch.execution_time import Sample
from gpu.batch.fleet import Fleet
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.client import GpuClient
from gpu.contract import FrameError
from gpu.errors import EndpointDown, RequestRefused
from gpu.ledger import CallMovedError, CallRecord, MemoryLedger, Result
from tests.gpu.batch.harness import (
    TASK,
    TIMING,
    WARM_FLEET,
    DeliveryHarness,
    PartlyStuckRunpod,
    alphas_of_images,
    fail_frame,
    fail_packs_with,
    frames,
    images_in,
)
from tests.gpu.conftest import ClientFactory


async def test_frames_go_out_as_the_plan_says_and_each_comes_back_as_its_own(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(30)
    summary = await harness.deliver(work)
    assert [len(images_in(body)) for body in runpod.bodies] == [15, 15]
    assert harness.has_right_alphas(work)
    assert (summary.sent, summary.split, summary.hedged, summary.failed_frames) == (2, 0, 0, 0)
    assert [row.status for row in harness.ledger.rows] == ["succeeded"] * 2
    assert [row.frame_keys for row in harness.ledger.rows] == [
        tuple(frame.key for frame in half) for half in (work[:15], work[15:])
    ]


async def test_packs_for_later_workers_stand_behind_those_that_start_at_once(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    await harness.deliver(frames(60), Fleet(idle=1, free_in=(0.2, 0.3), startable=0))
    sizes = [len(images_in(body)) for body in runpod.bodies]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 3


async def test_equal_pictures_are_done_once_and_delivered_to_each(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    twice = [TASK.frame_work(index, b"the same", "project") for index in (4, 7)]
    await harness.deliver(twice)
    assert [len(images_in(body)) for body in runpod.bodies] == [1]
    assert sorted(harness.delivered) == [4, 7]


async def test_nothing_to_do_asks_nothing(harness: DeliveryHarness, runpod: PartlyStuckRunpod) -> None:
    assert (await harness.deliver([])).sent == 0
    assert runpod.requests == []


async def test_one_frame_that_breaks_its_pack_fails_alone(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(30)
    runpod.outcome = fail_packs_with({work[11].image}, {"status": "FAILED", "error": "CUDA error"})
    summary = await harness.deliver(work)
    assert harness.failed == [11]
    assert harness.delivered[11] == {"code": "internal", "message": "CUDA error"}
    assert harness.has_right_alphas(work)
    assert summary.failed_frames == 1
    assert sum(images_in(body) == [work[11].image] for body in runpod.bodies) == 2


async def test_a_result_that_was_too_large_comes_in_smaller_packs(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(8)
    runpod.outcome = lambda body: {"status": "COMPLETED"} if len(images_in(body)) > 2 else alphas_of_images(body)
    await harness.deliver(work)
    assert harness.has_right_alphas(work)
    assert not harness.failed


async def test_a_pack_that_is_too_large_for_a_slow_worker_comes_in_smaller_ones(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(12)
    runpod.outcome = lambda body: {"status": "TIMED_OUT"} if len(images_in(body)) > 6 else alphas_of_images(body)
    await harness.deliver(work, Fleet(idle=1, startable=0))
    assert harness.has_right_alphas(work)
    assert [len(images_in(body)) for body in runpod.bodies] == [12, 6, 6]


async def test_a_worker_that_hangs_is_sent_each_frame_twice_and_one_alone_once(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.outcome = lambda body: {"status": "TIMED_OUT"}
    await harness.deliver(frames(12), Fleet(idle=1, startable=0))
    assert harness.failed == list(range(12))
    assert [len(images_in(body)) for body in runpod.bodies] == [12, 6, 6]
    await harness.deliver(frames(13)[12:], Fleet(idle=1, startable=0))
    assert len(runpod.bodies) == 4


@pytest.mark.parametrize("code", ["bad_task", "bad_params", "model_unavailable"])
async def test_a_request_that_the_worker_calls_wrong_is_not_sent_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod, code: str
) -> None:
    runpod.outcome = lambda body: {"status": "FAILED", "error": f'{{"code": "{code}", "message": "no"}}'}
    await harness.deliver(frames(30))
    assert harness.failed == list(range(30))
    assert len(runpod.bodies) == 2


async def test_an_endpoint_on_which_every_call_fails_is_given_up_soon(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.outcome = lambda body: {"status": "COMPLETED", "output": {"results": []}}
    await harness.deliver(frames(60))
    assert harness.failed == list(range(60))
    assert len(runpod.bodies) <= 16


async def test_an_endpoint_that_is_down_is_raised_and_no_more_is_sent(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.outcome = lambda body: {"status": "FAILED", "error": "boom"}
    with pytest.raises(EndpointDown):
        await harness.deliver(frames(60))
    assert harness.delivered == {}
    assert len(runpod.bodies) <= 16


async def test_a_frame_that_failed_in_its_pack_is_tried_once_more(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(6)
    runpod.outcome = fail_frame(work[2].image, "internal", times=1)
    await harness.deliver(work, Fleet(idle=1, startable=0))
    assert [len(images_in(body)) for body in runpod.bodies] == [6, 1]
    assert harness.has_right_alphas(work)
    assert not harness.failed


async def test_a_single_frame_that_failed_is_really_asked_for_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(1)
    runpod.outcome = fail_frame(work[0].image, "internal", times=1)
    await harness.deliver(work)
    assert len(runpod.bodies) == 2
    assert not harness.failed


async def test_a_frame_that_fails_twice_fails_alone(harness: DeliveryHarness, runpod: PartlyStuckRunpod) -> None:
    work = frames(6)
    runpod.outcome = fail_frame(work[2].image, "internal", times=9)
    await harness.deliver(work)
    assert harness.failed == [2]
    assert harness.has_right_alphas(work)


async def test_a_picture_that_cannot_be_opened_is_not_sent_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(6)
    runpod.outcome = fail_frame(work[2].image, "bad_image", times=9)
    await harness.deliver(work, Fleet(idle=1, startable=0))
    assert harness.delivered[2] == {"code": "bad_image", "message": "no"}
    assert len(runpod.bodies) == 1


async def test_an_alpha_that_is_not_accepted_is_asked_for_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    seen: list[int] = []

    def refuse_first(index: int, alpha: bytes) -> FrameError | None:
        seen.append(index)
        return {"code": "internal", "message": "wrong size"} if seen.count(index) == 1 and index == 1 else None

    work = frames(3)
    await harness.deliver(work, Fleet(idle=1, startable=0), check_alpha=refuse_first)
    assert [len(images_in(body)) for body in runpod.bodies] == [3, 1]
    assert harness.has_right_alphas(work)


async def test_an_endpoint_that_refuses_one_call_is_raised_when_the_others_have_landed(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.fail("run", httpx.Response(400))
    with pytest.raises(RequestRefused):
        await harness.deliver(frames(30))
    assert len(harness.delivered) == 15


async def test_an_error_of_the_ledger_is_raised_when_the_others_have_landed(new_client: ClientFactory) -> None:
    class Moved(MemoryLedger):
        async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
            if record is self.rows[0]:
                raise CallMovedError("another run has it")
            return await super().mark_succeeded(record, result)

    ledger = Moved()
    harness = DeliveryHarness(new_client(ledger), ledger)
    with pytest.raises(CallMovedError):
        await harness.deliver(frames(30))
    assert len(harness.delivered) == 15


async def test_a_delivery_that_fails_calls_everything_off(
    client: GpuClient, ledger: MemoryLedger, runpod: PartlyStuckRunpod
) -> None:
    runpod.stuck = {"job-2"}

    async def lose_lease(index: int, found: bytes | FrameError) -> None:
        raise RuntimeError("the lease is lost")

    async def read_fleet() -> Fleet:
        return WARM_FLEET

    delivery = Delivery(client, TASK, PendingFrames(frames(30), lose_lease), Forecast(TIMING), read_fleet)
    with pytest.raises(RuntimeError, match="lease"):
        await delivery.run()
    assert runpod.cancelled == ["job-2"]


async def test_a_run_says_what_may_be_learned_from_it(harness: DeliveryHarness) -> None:
    warm = await harness.deliver(frames(30))
    assert warm.samples == [Sample(15, 60)] * 2
    assert warm.cold_starts == []
    harness.delivered = {}
    fleet = Fleet(startable=1, cold_start=0.01)
    cold = await harness.deliver([TASK.frame_work(1, b"another", "project")], fleet)
    assert cold.cold_starts == [Sample(0, 5)]
