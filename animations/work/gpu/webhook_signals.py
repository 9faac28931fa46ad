"""Learn of a call's end from the row that its webhook writes: `gpu.call.poll.Signals` in rows."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from asgiref.sync import sync_to_async

from animations.models import GpuCall
from animations.work.lease import Lease
from gpu.ledger import CallRecord

POLL_SECONDS: Final = 0.2


class RowSignals:
    """Signals of the calls of a job, read by one query every fifth of a second, however many wait.

    A call of another job that this one waits for has none here: it is polled.
    """

    def __init__(self, lease: Lease) -> None:
        self._job_id = lease.job.pk
        self._polling = asyncio.Lock()
        self._polled_at = 0.0
        self._signalled: set[tuple[str, int]] = set()

    async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
        """Return whether the endpoint says, within `seconds` from now, that this call is over."""
        until = time.monotonic() + seconds
        while (record.key, record.attempt) not in self._signalled:
            left = until - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(left, POLL_SECONDS))
            await self._poll()
        return True

    async def _poll(self) -> None:
        async with self._polling:
            if time.monotonic() - self._polled_at < POLL_SECONDS:
                return
            self._signalled = await sync_to_async(self._read_signalled)()
            self._polled_at = time.monotonic()

    def _read_signalled(self) -> set[tuple[str, int]]:
        calls = GpuCall.objects.filter(job_id=self._job_id, signalled_at__isnull=False)
        return set(calls.values_list("key", "attempt"))
