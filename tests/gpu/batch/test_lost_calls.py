"""Packs that the endpoint loses: how often their frames are bought, and what becomes of them."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.batch.packs import FrameWork, pack_key
from gpu.client import GpuClient
from tests.gpu.batch.harness import QUICK, TASK, DeliveryHarness, PartlyStuckRunpod, frames, images_in
from tests.gpu.call.harness import AllIds
from tests.gpu.conftest import ClientFactory, Clock


async def test_an_endpoint_that_forgets_everything_is_sent_each_pack_twice(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    runpod.forgotten = AllIds()
    summary = await harness.deliver(frames(30))
    assert [len(images_in(body)) for body in runpod.bodies] == [15, 15, 15, 15]
    assert sorted(runpod.cancelled) == ["job-1", "job-2", "job-3", "job-4"]
    assert (harness.failed, summary.split, summary.hedged) == (list(range(30)), 0, 0)
    assert {found["code"] for found in harness.delivered.values() if isinstance(found, dict)} == {"lost"}


async def test_a_restart_that_forgets_all_jobs_costs_no_frame(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(30)
    runpod.forgotten = {"job-1", "job-2"}
    await harness.deliver(work)
    assert harness.has_right_alphas(work)
    assert not harness.failed
    assert len(runpod.bodies) == 4


async def test_a_job_that_may_be_lost_is_not_hedged(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod
) -> None:
    class SlowClock(Clock):
        async def sleep(self, seconds: float) -> None:
            self.time += seconds
            await asyncio.sleep(0.1)

    harness.client = new_client(other_clock=SlowClock())
    runpod.polls_until_done = 0
    runpod.fail("status", *[httpx.Response(404)] * 4)
    summary = await harness.deliver(frames(1), timing=QUICK, hedge=lambda seconds: 0.25)
    assert (len(runpod.bodies), summary.hedged) == (1, 0)
    assert not harness.failed


async def test_a_lost_call_of_another_job_of_which_we_lack_pictures_is_sent_with_ours(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod
) -> None:
    work = frames(6)
    await _send(new_client(), work)
    runpod.forgotten = {"job-1"}
    await harness.deliver(work[2:4])
    assert harness.has_right_alphas(work[2:4])
    assert [len(images_in(body)) for body in runpod.bodies] == [6, 2]
    assert runpod.cancelled == ["job-1"]


async def _send(client: GpuClient, work: list[FrameWork]) -> None:
    keys = [frame.key for frame in work]
    await client.submit(TASK.request(frame.image for frame in work), pack_key(keys), frame_keys=keys)


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_run_that_starts_again_resumes_the_replacement(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod, lost: int
) -> None:
    work = frames(4)
    await _send(new_client(), work)
    runpod.forgotten = {f"job-{number + 1}" for number in range(lost)}
    await harness.deliver(work)
    assert len(runpod.bodies) == 2
    assert harness.failed == ([] if lost == 1 else [0, 1, 2, 3])
