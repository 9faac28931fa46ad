"""Two jobs that want equal work: one call for both, and what becomes of one job leaves the other alone."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.batch.packs import FrameWork, pack_key
from gpu.call.breaker_port import MemoryBreaker
from gpu.client import GpuClient
from gpu.contract import FrameError
from gpu.errors import EndpointDown, JobCancelled, JobFailed
from gpu.ledger import UNTIMED, CallRecord, MemoryLedger, Timings
from gpu.runpod.policy import CallPolicy
from tests.gpu.batch.harness import TASK, DeliveryHarness, alphas_of_images, fail_frame, frames, images_in
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import FakeRunpod


@pytest.fixture
def runpod() -> FakeRunpod:
    return FakeRunpod(outcome=alphas_of_images)


@pytest.fixture
def harness(new_client: ClientFactory, ledger: MemoryLedger) -> DeliveryHarness:
    return DeliveryHarness(new_client(), ledger)


@pytest.fixture
def other_harness(new_client: ClientFactory, other_ledger: MemoryLedger) -> DeliveryHarness:
    """Make a later job, or one at the same time, of the same scope."""
    return DeliveryHarness(new_client(other_ledger), other_ledger)


async def send(client: GpuClient, work: list[FrameWork]) -> CallRecord:
    keys = [frame.key for frame in work]
    request = TASK.request(frame.image for frame in work)
    return (await client.submit(request, pack_key(keys), frame_keys=keys)).record


@pytest.mark.parametrize(("code", "times", "asked"), [("internal", 2, 1), ("too_large", 1, 1), ("internal", 4, 2)])
@pytest.mark.parametrize("count", [1, 4])
async def test_a_frame_that_failed_in_one_job_is_really_asked_for_again_in_the_next(
    harness: DeliveryHarness,
    other_harness: DeliveryHarness,
    runpod: FakeRunpod,
    code: str,
    times: int,
    asked: int,
    count: int,
) -> None:
    work = frames(count)
    runpod.outcome = fail_frame(work[-1].image, code, times)
    await harness.deliver(work)
    assert harness.failed == [count - 1]
    sent = len(runpod.bodies)
    await other_harness.deliver(work)
    assert [images_in(body) for body in runpod.bodies[sent:]] == [[work[-1].image]] * asked
    assert other_harness.failed == ([] if asked == 1 else [count - 1])
    assert other_harness.has_right_alphas(work)


async def test_a_run_of_the_same_job_does_not_pay_again_for_known_failures(
    harness: DeliveryHarness, runpod: FakeRunpod
) -> None:
    work = frames(3)
    runpod.outcome = fail_frame(work[1].image, "internal", times=9)
    await harness.deliver(work)
    sent, harness.delivered = len(runpod.bodies), {}
    await harness.deliver(work)
    assert (harness.failed, len(runpod.bodies)) == ([1], sent)


async def test_an_alpha_that_was_not_accepted_is_asked_for_again_by_the_next_job(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod
) -> None:
    def refuse(index: int, alpha: bytes) -> FrameError | None:
        return {"code": "internal", "message": "wrong size"} if alpha == b"alpha of picture 0" else None

    work = frames(2)
    await harness.deliver(work, check_alpha=refuse)
    assert harness.failed == [0]
    sent = len(runpod.bodies)
    await other_harness.deliver(work, check_alpha=refuse)
    assert [images_in(body) for body in runpod.bodies[sent:]] == [[work[0].image]] * 2


async def test_two_jobs_wait_for_one_call(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod
) -> None:
    work = frames(3)
    runpod.polls_until_done = 3
    await asyncio.gather(harness.deliver(work), other_harness.deliver(work))
    assert harness.has_right_alphas(work)
    assert other_harness.has_right_alphas(work)
    assert len(runpod.bodies) == len(harness.ledger.rows)
    assert {row.status for row in harness.ledger.rows} == {"succeeded"}


async def test_the_second_job_to_write_down_the_end_of_a_call_has_its_result_too(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod
) -> None:
    work = frames(2)
    record = await send(harness.client, work)
    request = TASK.request(frame.image for frame in work)
    first = await harness.client.submit(request, record.key)
    second = await other_harness.client.submit(request, record.key)
    assert (first.record.ours, second.record.ours, second.resumed) == (True, False, True)
    assert await harness.client.wait(first) == await other_harness.client.wait(second)
    assert [row.status for row in harness.ledger.rows] == ["succeeded"]


async def test_a_call_that_another_job_has_cancelled_is_sent_anew(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod, ledger: MemoryLedger
) -> None:
    work = frames(2)
    await send(harness.client, work)
    runpod.fail("status", httpx.Response(200, json={"id": "job-1", "status": "CANCELLED"}))
    await other_harness.deliver(work)
    assert other_harness.has_right_alphas(work)
    assert [(row.attempt, row.status) for row in ledger.rows] == [(1, "cancelled"), (2, "succeeded")]


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
async def test_a_call_that_another_job_ends_before_its_job_is_known_is_sent_by_this_one(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: FakeRunpod, ended: str
) -> None:
    work = frames(2)
    keys = [frame.key for frame in work]
    theirs = await ledger.mark_sending(
        await ledger.get_or_create(TASK.request([]), pack_key(keys), endpoint_url(new_client), keys)
    )

    class Ending(MemoryLedger):
        async def refresh(self, record: CallRecord) -> CallRecord:
            over = (
                ledger.mark_cancelled(theirs)
                if ended == "cancelled"
                else ledger.mark_failed(theirs, JobFailed("x", "y"), UNTIMED)
            )
            await over
            return await super().refresh(record)

    other_ledger = Ending(ledger._now, ledger.rows)
    other_harness = DeliveryHarness(new_client(other_ledger), other_ledger)
    await other_harness.deliver(work)
    assert other_harness.has_right_alphas(work)
    assert [(row.attempt, row.status) for row in ledger.rows] == [(1, ended), (2, "succeeded")]


def endpoint_url(new_client: ClientFactory) -> str:
    return new_client().url


async def test_a_job_whose_run_still_sends_is_given_the_time_of_an_exchange(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod, clock: Clock
) -> None:
    work = frames(1)
    keys = [frame.key for frame in work]
    await harness.ledger.mark_sending(
        await harness.ledger.get_or_create(TASK.request([]), pack_key(keys), harness.client.url, keys)
    )
    await other_harness.deliver(work)
    assert other_harness.has_right_alphas(work)
    assert sum(clock.slept) >= CallPolicy().exchange_timeout + CallPolicy().uncertain_wait
    assert [row.status for row in harness.ledger.rows] == ["uncertain", "succeeded"]


async def test_the_slower_of_two_senders_takes_the_call_of_the_other(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: FakeRunpod
) -> None:
    class Slower(MemoryLedger):
        """Its row is sent by the other job in the moment in which it would be by this one."""

        async def mark_sending(self, record: CallRecord) -> CallRecord:
            if record.attempt == 1 and ledger.rows[0].status == "prepared":
                theirs = await ledger.mark_sending(ledger.rows[0])
                runpod.bodies.append({"input": TASK.request(f.image for f in work).to_input()})
                await ledger.mark_submitted(theirs, "job-1")
            return await super().mark_sending(record)

    work = frames(2)
    keys = [frame.key for frame in work]
    await ledger.get_or_create(TASK.request([]), pack_key(keys), endpoint_url(new_client), keys)
    other_ledger = Slower(ledger._now, ledger.rows)
    other_harness = DeliveryHarness(new_client(other_ledger), other_ledger)
    await other_harness.deliver(work)
    assert other_harness.has_right_alphas(work)
    assert len(runpod.bodies) == 1


async def test_only_our_frames_are_sent_of_a_shared_call_that_has_just_ended(
    new_client: ClientFactory, ledger: MemoryLedger, runpod: FakeRunpod
) -> None:
    class Ending(MemoryLedger):
        """The call ends between being found and being waited for."""

        async def join(self, record: CallRecord, request: object) -> CallRecord:
            await ledger.mark_cancelled(record)
            return await super().join(record, request)  # type: ignore[arg-type]

    work = frames(4)
    await send(new_client(), work)
    other_ledger = Ending(ledger._now, ledger.rows)
    other_harness = DeliveryHarness(new_client(other_ledger), other_ledger)
    await other_harness.deliver(work[2:])
    assert other_harness.has_right_alphas(work[2:])
    assert [images_in(body) for body in runpod.bodies[1:]] == [[frame.image for frame in work[2:]]]


async def test_taking_up_a_call_sends_nothing_and_says_when_it_is_over(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod
) -> None:
    work = frames(2)
    record = await send(harness.client, work)
    partial = TASK.request([b"", work[1].image])
    job = await other_harness.client.resume(record, partial, deadline=7.0)
    assert (job.resumed, job.deadline, job.record.remote_id) == (True, 7.0, "job-1")
    assert (await other_harness.client.wait(job)).frames[1] == b"alpha of picture 1"
    failed = await send(harness.client, frames(1))
    await harness.ledger.mark_failed(failed, JobFailed("internal", "no"), UNTIMED)
    with pytest.raises(JobCancelled):
        await other_harness.client.resume(failed, partial)
    assert len(runpod.bodies) == 2


async def test_a_call_that_another_job_waits_for_is_not_cancelled(
    new_client: ClientFactory, runpod: FakeRunpod
) -> None:
    class Awaited(MemoryLedger):
        async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
            return record

    client = new_client(Awaited())
    job = await client.submit(TASK.request([b"x"]), "k")
    await client.cancel(job)
    assert runpod.cancelled == []


async def test_a_job_that_waits_for_a_trial_takes_what_another_job_has_sent_meanwhile(
    harness: DeliveryHarness, other_harness: DeliveryHarness, runpod: FakeRunpod, new_client: ClientFactory
) -> None:
    class Trying(MemoryBreaker):
        """Somebody else's call tries the endpoint; meanwhile the other job's is let through, and sent."""

        sent = False

        async def admit(self) -> None:
            if not self.sent:
                self.sent = True
                theirs = await harness.ledger.mark_sending(harness.ledger.rows[0])
                runpod.bodies.append({"input": TASK.request([work[0].image]).to_input()})
                await harness.ledger.mark_submitted(theirs, "job-1")
                raise EndpointDown("broken", 9.0, on_trial=True)

    work = frames(1)
    keys = [frame.key for frame in work]
    await harness.ledger.get_or_create(TASK.request([]), pack_key(keys), harness.client.url, keys)
    other_harness.client = new_client(other_harness.ledger, breaker=Trying())
    await other_harness.deliver(work)
    assert other_harness.has_right_alphas(work)
    assert len(runpod.bodies) == 1
