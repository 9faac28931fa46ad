"""Asking the GPU from a job: in its name, in its ledger, and only for as long as the job is wanted.

The event loop lives in a thread beside the job's. What touches rows (the ledger, `on_frame`) runs in the job's own
thread, one after the other, so that a run has one database connection and its order of writes is plain.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings

from animations.models import GpuCall
from animations.work.gpu import endpoint_state, timings
from animations.work.gpu.alpha_check import complaint, picture_size
from animations.work.gpu.breaker_state import RowBreaker
from animations.work.gpu.client import new_client
from animations.work.gpu.row_ledger import RowLedger
from animations.work.gpu.webhook_signals import RowSignals
from animations.work.lease import Lease
from gpu.batch.delivery import Delivery
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.batch.packs import FrameTask, Summary
from gpu.client import GpuClient
from gpu.contract import FrameError, Task
from gpu.errors import GpuError

DEADLINE_SECONDS: Final = 300.0
PIXELS_PER_BYTE: Final = 8
"""Of a soft matte as PNG; edges are short against areas."""
Answer = TypeVar("Answer")
OnFrame = Callable[[int, bytes | FrameError], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One frame to be matted: the task, the encoded picture (PNG, JPEG or WebP bytes), and the task's parameters."""

    task: str
    image: bytes
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def work(self) -> FrameTask:
        return FrameTask(cast(Task, self.task), self.params)


def matte_many(lease: Lease, wanted: Sequence[Wanted], on_frame: OnFrame) -> None:
    """Each frame is asked once, packed with others into few calls that run side by side (`gpu.batch.planner`).

    `on_frame(index, alpha)` is called in this thread for each index of `wanted` as it lands, in any order: the alpha
    as an 8-bit grey PNG of the picture's size, or why there is none. What it raises ends the calls, and is raised.

    Raises `LeaseLost` when the job was cancelled or taken over meanwhile, and a `GpuError` that concerns the endpoint
    as a whole (not reached, not authorised, broken) once everything that did land has been delivered; the frames that
    did not land are not delivered then. The same work of the same project is never paid for twice, also where two
    jobs want it at once; what has failed for another job is asked for again, and for this one is not.
    """
    if wanted:
        endpoint_state.used()
        async_to_sync(_matte_many)(lease, wanted, on_frame)


def calls_of(lease: Lease, wanted: Sequence[Wanted]) -> list[GpuCall | None]:
    """The call that each frame of `matte_many` came from: the last of those that have its alpha."""
    rows = GpuCall.objects.filter(project=lease.job.project_id, status=GpuCall.Status.SUCCEEDED)
    found: dict[str, GpuCall] = {}
    for call in rows.order_by("finished_at"):
        held = zip(call.frame_keys, call.results, strict=False)
        found |= {key: call for key, kept in held if "alpha" in kept}
    return [found.get(_frame_key(lease, each)) for each in wanted]


async def _matte_many(lease: Lease, wanted: Sequence[Wanted], on_frame: OnFrame) -> None:
    async with _client(lease) as client:
        groups = [_deliver(lease, client, wanted, group, on_frame) for group in _alike(wanted)]
        summaries = await _while_wanted(lease, _all(groups))
    for cold in (sample for summary in summaries for sample in summary.cold_starts):
        await sync_to_async(timings.learn_cold_start)(cold.execution_ms)


async def _deliver(
    lease: Lease,
    client: GpuClient,
    wanted: Sequence[Wanted],
    indices: Sequence[int],
    on_frame: OnFrame,
) -> Summary:
    """The frames of one task with equal parameters."""
    sizes = {index: picture_size(wanted[index].image) for index in indices}
    first = wanted[indices[0]]
    known = await sync_to_async(timings.known)(first.task, timings.size_of_picture(first.image))
    scope = str(lease.job.project_id)
    work = [
        first.work.frame(index, wanted[index].image, scope, returned=width * height // PIXELS_PER_BYTE)
        for index, (width, height) in sizes.items()
    ]
    frames = PendingFrames(work, sync_to_async(on_frame), lambda index, alpha: complaint(alpha, sizes[index]))
    forecast = Forecast.from_known(await endpoint_state.fleet(client, known), known)
    return await Delivery(client, first.work, frames, forecast, deadline=DEADLINE_SECONDS).run()


async def _all(deliveries: Iterable[Coroutine[Any, Any, Summary]]) -> list[Summary]:
    """Side by side. A `GpuError` of one lets the others land first; anything else ends them."""
    tasks = [asyncio.ensure_future(_outcome(delivery)) for delivery in deliveries]
    try:
        outcomes = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, GpuError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Summary)]


async def _outcome(delivery: Coroutine[Any, Any, Summary]) -> Summary | GpuError:
    try:
        return await delivery
    except GpuError as error:
        return error


def _alike(wanted: Sequence[Wanted]) -> list[list[int]]:
    """Indices of frames that may go into one call."""
    groups: dict[str, list[int]] = {}
    for index, each in enumerate(wanted):
        groups.setdefault(json.dumps([each.task, each.params], sort_keys=True), []).append(index)
    return list(groups.values())


def _client(lease: Lease) -> GpuClient:
    ledger = RowLedger(lease)
    if not settings.PUBLIC_URL:
        return new_client(ledger, breaker=RowBreaker())
    return new_client(ledger, breaker=RowBreaker(), webhook=ledger.webhook, signals=RowSignals(lease))


def _frame_key(lease: Lease, wanted: Wanted) -> str:
    return wanted.work.frame(0, wanted.image, str(lease.job.project_id)).key


async def _while_wanted(lease: Lease, call: Awaitable[Answer]) -> Answer:
    """Await `call`, but cancel it as soon as the lease is lost."""
    task = asyncio.ensure_future(call)
    while not (await asyncio.wait({task}, timeout=0.25))[0]:
        if lease.lost.is_set():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        task.exception()  # asyncio logs what nobody has looked at, and a lost lease says nothing else
    lease.check()
    return task.result()
