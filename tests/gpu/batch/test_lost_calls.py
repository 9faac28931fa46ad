"""Packs that the endpoint loses: how often their frames are bought, and what becomes of them."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.batch.packs import FrameWork, pack_key
from gpu.client import GpuClient
from tests.gpu.batch.harness import JOB, QUICK, Desk, Stuck, frames, images
from tests.gpu.call.test_lost_jobs import All
from tests.gpu.conftest import ClientFactory, Clock


async def test_an_endpoint_that_forgets_everything_is_sent_each_pack_twice(
    desk: Desk, runpod: Stuck, clock: Clock
) -> None:
    runpod.forgotten = All()
    summary = await desk.deliver(frames(30))
    assert [len(images(body)) for body in runpod.bodies] == [15, 15, 15, 15]
    assert sorted(runpod.cancelled) == ["job-1", "job-2", "job-3", "job-4"]
    assert (desk.failed, summary.split, summary.hedged) == (list(range(30)), 0, 0)
    assert {found["code"] for found in desk.landed.values() if isinstance(found, dict)} == {"lost"}


async def test_a_restart_that_forgets_all_jobs_costs_no_frame(desk: Desk, runpod: Stuck) -> None:
    work = frames(30)
    runpod.forgotten = {"job-1", "job-2"}
    await desk.deliver(work)
    assert desk.right(work)
    assert not desk.failed
    assert len(runpod.bodies) == 4


async def test_a_job_in_doubt_is_not_bought_again_by_a_hedge(
    desk: Desk, new_client: ClientFactory, runpod: Stuck
) -> None:
    class SlowClock(Clock):
        async def sleep(self, seconds: float) -> None:
            self.time += seconds
            await asyncio.sleep(0.1)

    desk.client = new_client(clock_=SlowClock())
    runpod.polls_until_done = 0
    runpod.fail("status", *[httpx.Response(404)] * 4)
    summary = await desk.deliver(frames(1), timing=QUICK, hedge=lambda seconds: 0.25)
    assert (len(runpod.bodies), summary.hedged) == (1, 0)
    assert not desk.failed


async def test_a_lost_call_of_another_job_of_which_we_lack_pictures_is_sent_with_ours(
    desk: Desk, new_client: ClientFactory, runpod: Stuck
) -> None:
    work = frames(6)
    await _send(new_client(), work)
    runpod.forgotten = {"job-1"}
    await desk.deliver(work[2:4])
    assert desk.right(work[2:4])
    assert [len(images(body)) for body in runpod.bodies] == [6, 2]
    assert runpod.cancelled == ["job-1"]


async def _send(client: GpuClient, work: list[FrameWork]) -> None:
    keys = [frame.key for frame in work]
    await client.submit(JOB.request(frame.image for frame in work), pack_key(keys), frame_keys=keys)


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_run_that_starts_again_takes_up_the_replacement(
    desk: Desk, new_client: ClientFactory, runpod: Stuck, lost: int
) -> None:
    work = frames(4)
    await _send(new_client(), work)
    runpod.forgotten = {f"job-{number + 1}" for number in range(lost)}
    await desk.deliver(work)
    assert len(runpod.bodies) == 2
    assert desk.failed == ([] if lost == 1 else [0, 1, 2, 3])
