from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from animations.models import GpuCall, Job, Project
from animations.work.gpu.webhook_signals import RowSignals
from animations.work.lease import Lease
from gpu.ledger import CallRecord

Take = Callable[[Job], Lease]


@pytest.fixture
def lease(make_project: Callable[..., Project], lease_of: Take) -> Lease:
    return lease_of(make_project().jobs.get())


async def new_call(lease: Lease, key: str) -> CallRecord:
    await GpuCall.objects.acreate(job=lease.job, key=key, task="rembg", status="submitted")
    return CallRecord(key, 1, "there", "submitted")


async def test_a_run_hears_of_its_call_soon_after_the_row_says_so(lease: Lease) -> None:
    record, other = await new_call(lease, "one"), await new_call(lease, "two")
    signals = RowSignals(lease)
    waiting = asyncio.ensure_future(signals.wait_for_signal(record, 10.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    await GpuCall.objects.filter(key="one").aupdate(signalled_at=timezone.now())
    assert await asyncio.wait_for(waiting, 5.0)
    assert await signals.wait_for_signal(record, 0.0)
    assert not await signals.wait_for_signal(other, 0.05)


async def test_without_news_the_wait_is_as_long_as_asked_for(lease: Lease) -> None:
    record, began = await new_call(lease, "one"), time.monotonic()
    assert not await RowSignals(lease).wait_for_signal(record, 0.3)
    assert 0.3 <= time.monotonic() - began < 3.0


def test_many_that_wait_ask_the_database_together(lease: Lease) -> None:
    from asgiref.sync import async_to_sync

    async def wait() -> None:
        signals = RowSignals(lease)
        records = [await new_call(lease, f"call {nth}") for nth in range(20)]
        await asyncio.gather(*(signals.wait_for_signal(record, 0.5) for record in records))

    with CaptureQueriesContext(connection) as asked:
        async_to_sync(wait)()
    assert sum("signalled_at" in query["sql"] and "SELECT" in query["sql"] for query in asked.captured_queries) < 10
