"""Calls that an earlier run of the same work has sent or finished."""

from __future__ import annotations

import pytest

from gpu.batch.packs import FrameWork, pack_key
from gpu.client import GpuClient
from gpu.errors import JobFailed
from gpu.ledger import UNTIMED
from gpu.runpod.policy import RETENTION_S
from tests.gpu.batch.harness import TASK, DeliveryHarness, PartlyStuckRunpod, frames, images_in
from tests.gpu.conftest import ClientFactory, Clock


async def send(client: GpuClient, work: list[FrameWork]) -> None:
    """Send one call with all of `work`, as an earlier run would have sent it."""
    keys = [frame.key for frame in work]
    await client.submit(TASK.request(frame.image for frame in work), pack_key(keys), frame_keys=keys)


async def test_a_run_resumes_the_calls_of_an_earlier_run_that_planned_otherwise(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod
) -> None:
    work = frames(30)
    await send(new_client(), work[:20])
    summary = await harness.deliver(work)
    assert [len(images_in(body)) for body in runpod.bodies] == [20, 5, 5]
    assert (summary.resumed, summary.sent) == (1, 2)
    assert harness.has_right_alphas(work)


async def test_frames_that_an_earlier_run_has_finished_are_not_sent_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(10)
    await harness.deliver(work)
    asked, harness.delivered = len(runpod.requests), {}
    await harness.deliver(work[3:] + frames(12)[10:])
    assert sorted(harness.delivered) == list(range(3, 12))
    assert sum(len(images_in(body)) for body in runpod.bodies) == 12
    assert len(runpod.requests) > asked


async def test_a_run_that_has_nothing_to_send_asks_the_endpoint_nothing(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(10)
    await harness.deliver(work)
    asked, harness.delivered = len(runpod.requests), {}
    await harness.deliver(work)
    assert len(harness.delivered) == 10
    assert len(runpod.requests) == asked
    assert harness.fleet_reads == 1


async def test_where_the_workers_cannot_be_read_the_calls_of_an_earlier_run_go_on(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod
) -> None:
    work = frames(30)
    await send(new_client(), work[:20])
    runpod.stuck, harness.fleet_error = {"job-1"}, OSError("the database is away")
    with pytest.raises(OSError, match="database"):
        await harness.deliver(work)
    assert (runpod.cancelled, [row.status for row in harness.ledger.rows]) == ([], ["submitted"])


async def test_a_live_call_with_frames_that_are_wanted_no_more_serves_those_that_are(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod
) -> None:
    work = frames(6)
    await send(new_client(), work)
    await harness.deliver(work[2:4])
    assert harness.delivered == {2: b"alpha of picture 2", 3: b"alpha of picture 3"}
    assert len(runpod.bodies) == 1


async def test_a_job_that_the_endpoint_has_forgotten_is_sent_anew_in_one_piece(
    harness: DeliveryHarness, new_client: ClientFactory, runpod: PartlyStuckRunpod, clock: Clock
) -> None:
    work = frames(6)
    await send(new_client(), work)
    clock.time += RETENTION_S
    runpod.forgotten = {"job-1"}
    await harness.deliver(work)
    assert [len(images_in(body)) for body in runpod.bodies] == [6, 6]
    assert harness.has_right_alphas(work)


async def test_a_call_that_somebody_cancelled_is_not_sent_again(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    runpod.outcome = lambda body: {"status": "CANCELLED"}
    await harness.deliver(frames(30))
    assert harness.failed == list(range(30))
    assert len(runpod.bodies) == 2


async def test_a_call_that_failed_before_leaves_its_frames_to_be_sent(
    harness: DeliveryHarness, runpod: PartlyStuckRunpod
) -> None:
    work = frames(4)
    keys = [frame.key for frame in work]
    record = await harness.ledger.get_or_create(TASK.request([]), pack_key(keys), harness.client.url, keys)
    await harness.ledger.mark_failed(record, JobFailed("internal", "boom"), UNTIMED)
    await harness.deliver(work)
    assert harness.has_right_alphas(work)
