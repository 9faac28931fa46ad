from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from animations.models import GpuCall, Job, Project
from animations.work.gpu.webhook_signals import RowSignals
from animations.work.lease import Lease
from gpu.ledger import CallRecord

ClaimLease = Callable[[Job], Lease]


@pytest.fixture
def lease(make_project: Callable[..., Project], lease_of: ClaimLease) -> Lease:
    return lease_of(make_project().jobs.get())


async def new_call(lease: Lease, key: str) -> CallRecord:
    """Create a call of the lease's job that was sent and has not ended."""
    await GpuCall.objects.acreate(job=lease.job, key=key, task="rembg", status="submitted")
    return CallRecord(key, 1, "there", "submitted")


async def test_a_wait_ends_soon_after_the_row_of_its_call_is_signalled(lease: Lease) -> None:
    record, other = await new_call(lease, "one"), await new_call(lease, "two")
    signals = RowSignals(lease)
    waiting = asyncio.ensure_future(signals.wait_for_signal(record, 10.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    await GpuCall.objects.filter(key="one").aupdate(signalled_at=timezone.now())
    assert await asyncio.wait_for(waiting, 5.0)
    assert await signals.wait_for_signal(record, 0.0)
    assert not await signals.wait_for_signal(other, 0.05)


async def test_a_wait_without_a_signal_lasts_as_long_as_asked_for(lease: Lease) -> None:
    record, began = await new_call(lease, "one"), time.monotonic()
    assert not await RowSignals(lease).wait_for_signal(record, 0.3)
    assert 0.3 <= time.monotonic() - began < 3.0


def test_twenty_that_wait_learn_of_their_ends_by_few_queries(lease: Lease) -> None:
    async def wait() -> list[bool]:
        signals = RowSignals(lease)
        records = [await new_call(lease, f"call {nth}") for nth in range(20)]
        waiting = [asyncio.ensure_future(signals.wait_for_signal(record, 20.0)) for record in records]
        await asyncio.sleep(0.5)
        await GpuCall.objects.aupdate(signalled_at=timezone.now())
        return await asyncio.gather(*waiting)

    with CaptureQueriesContext(connection) as captured:
        assert async_to_sync(wait)() == [True] * 20
    polls = [query for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    assert 1 <= len(polls) < 20
