"""Matte pictures on the GPU for a job: in its name, in its ledger, and only for as long as it is wanted.

The event loop lives in a thread beside the job's. What touches rows (the ledger, `on_frame`) runs in the job's own
thread, one after the other, so that a run has one database connection and its order of writes is plain.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar, cast

from asgiref.sync import async_to_sync, sync_to_async

from animations.models import GpuCall
from animations.work.errors import GpuUnavailable, WorkFailed
from animations.work.gpu import endpoint_state, timings
from animations.work.gpu.alpha_check import check_alpha, picture_size
from animations.work.gpu.breaker_state import seconds_until_next_try
from animations.work.gpu.endpoint_client import make_job_client
from animations.work.lease import Lease
from gpu.batch.delivery import Delivery
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.batch.packs import FrameTask
from gpu.client import GpuClient
from gpu.contract import FrameError, Task
from gpu.errors import EndpointError, GpuError, NeverStarted, RequestRefused, Unauthorized

log = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 300.0
"""Of a call from its start; and how long the endpoint may start and end nothing while a call is in its queue."""
PIXELS_PER_BYTE: Final = 8
"""Of a soft matte as PNG; edges are short against areas."""
UNAVAILABLE_TOO_LONG: Final = "{}, and this lasted for too long. Try again later: what is finished is kept."
REFUSED: Final = "The GPU endpoint refuses this server's key. Whoever runs the server has to set the right one."
NOT_REMOVED: Final = "The background could not be removed: {}"


@dataclass(frozen=True, slots=True)
class MatteRequest:
    """One picture to be matted: the engine, its parameters, and the encoded picture (PNG, JPEG or WebP bytes)."""

    engine: str
    image: bytes
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> FrameTask:
        """The worker's task."""
        return FrameTask(cast(Task, self.engine), self.params)


class MattingFailed(WorkFailed):
    """The endpoint as a whole cannot matte: it is not reached, does not let us in, or is broken."""


FrameAnswer = bytes | FrameError
"""A frame's alpha as PNG, or why it got none: `message` is for its owner."""
OnFrame = Callable[[int, FrameAnswer], None]
Outcome = TypeVar("Outcome")


def matte_many(lease: Lease, requests: Sequence[MatteRequest], on_frame: OnFrame) -> None:
    """Matte pictures, each asked for once, packed into few calls that run side by side (`gpu.batch.planner`).

    `on_frame(index, alpha)` is called in this thread for each request as it is answered, in any order: the alpha as
    an 8-bit grey PNG of the picture's size, or why there is none. What it raises ends the calls, and is raised.

    Raises `LeaseLost` when the job was cancelled or taken over meanwhile. Once every answer that did come has been
    delivered, raises `GpuUnavailable` where the endpoint does not answer and the job may wait for it, and otherwise
    `MattingFailed`. The same work of one project is never paid for twice, also where two jobs want it at once.
    A frame that failed for another job is sent again; one that failed for this job is not.
    """
    if not requests:
        return
    endpoint_state.mark_in_use()
    client = make_job_client(lease)
    deliveries = [_prepare_delivery(lease, client, requests, indices, on_frame) for indices in _group(requests)]
    failure: GpuError | None = None
    try:
        async_to_sync(run_while_leased)(lease, client, [delivery.run for delivery in deliveries])
    except GpuError as error:
        failure = error
    for delivery in deliveries:
        for cold in delivery.summary.cold_starts:
            timings.learn_cold_start(cold.execution_ms)
    if failure:
        log.warning("matting for project %s failed: %s", lease.job.project_id, failure.code)
        raise consequence(lease, failure) from failure


def consequence(lease: Lease, error: GpuError) -> GpuUnavailable | MattingFailed:
    """Turn an error of the endpoint into the job's: it waits for one that is away, for as long as it may."""
    if not isinstance(error, EndpointError) or isinstance(error, RequestRefused):
        return MattingFailed(NOT_REMOVED.format(error.message))
    if Unauthorized.code in (error.code, getattr(error, "cause", "")):
        return MattingFailed(REFUSED)
    worked_at = datetime.fromtimestamp(error.worked_at, UTC) if isinstance(error, NeverStarted) else None
    if lease.job.has_lost_patience(worked_at):
        return MattingFailed(UNAVAILABLE_TOO_LONG.format(error.message.partition(". ")[0].rstrip(".")))
    return GpuUnavailable(seconds_until_next_try(error), worked_at)


def matte_one(lease: Lease, request: MatteRequest) -> tuple[bytes, GpuCall | None]:
    """Matte one picture: return its alpha and the call that it came from. Raises as `matte_many`, or `WorkFailed`."""
    answers: list[FrameAnswer] = []
    matte_many(lease, [request], lambda _, answer: answers.append(answer))
    (answer,) = answers
    if not isinstance(answer, bytes):
        raise WorkFailed(NOT_REMOVED.format(answer["message"]))
    return answer, find_calls(lease, [request])[0]


def find_calls(lease: Lease, requests: Sequence[MatteRequest]) -> list[GpuCall | None]:
    """Find the call that each frame of `matte_many` came from: the last of those that have its alpha."""
    rows = GpuCall.objects.filter(project=lease.job.project_id, status=GpuCall.Status.SUCCEEDED)
    found: dict[str, GpuCall] = {}
    for call in rows.order_by("finished_at"):
        results = zip(call.frame_keys, call.results, strict=False)
        found |= {key: call for key, result in results if "alpha" in result}
    return [found.get(_frame_key(lease, request)) for request in requests]


async def run_while_leased(
    lease: Lease, client: GpuClient, runs: Sequence[Callable[[], Awaitable[Outcome]]]
) -> list[Outcome]:
    """Run these side by side while the lease is held, with `client` open, and return their outcomes in order.

    A `GpuError` is raised once the others have ended; any other error ends them. Raises `LeaseLost`.
    """
    async with client:
        running = [asyncio.ensure_future(run()) for run in runs]
        try:
            await _wait_while_leased(lease, running)
        finally:
            for task in running:
                task.cancel()
            outcomes = await asyncio.gather(*running, return_exceptions=True)
    lease.check()
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if errors:
        raise min(errors, key=_is_of_endpoint)  # what is not the endpoint's comes first
    return cast(list[Outcome], outcomes)


async def _wait_while_leased(lease: Lease, running: Iterable[asyncio.Future[Any]]) -> None:
    """Wait until all have ended, the lease is lost, or one has failed for a reason that is not the endpoint's."""
    pending = set(running)
    while pending and not lease.lost.is_set():
        done, pending = await asyncio.wait(pending, timeout=0.25, return_when=asyncio.FIRST_COMPLETED)
        if any(error and not _is_of_endpoint(error) for error in (task.exception() for task in done)):
            return


def _is_of_endpoint(error: BaseException) -> bool:
    return isinstance(error, GpuError)


def _prepare_delivery(
    lease: Lease, client: GpuClient, requests: Sequence[MatteRequest], indices: Sequence[int], on_frame: OnFrame
) -> Delivery:
    """Prepare the delivery of the frames of one task with equal parameters."""
    sizes = {index: picture_size(requests[index].image) for index in indices}
    first = requests[indices[0]]
    known = timings.expected_timing(first.engine, timings.picture_size_class(first.image))
    scope = str(lease.job.project_id)
    work = [
        first.task.frame_work(index, requests[index].image, scope, returned_bytes=width * height // PIXELS_PER_BYTE)
        for index, (width, height) in sizes.items()
    ]
    frames = PendingFrames(work, sync_to_async(on_frame), lambda index, alpha: check_alpha(alpha, sizes[index]))
    read_fleet = partial(endpoint_state.read_current_fleet, client, known)
    return Delivery(client, first.task, frames, Forecast.from_known(known), read_fleet, deadline=DEADLINE_SECONDS)


def _group(requests: Sequence[MatteRequest]) -> list[list[int]]:
    """Group the indices of frames that may go into one call."""
    groups: dict[str, list[int]] = {}
    for index, request in enumerate(requests):
        groups.setdefault(json.dumps([request.engine, request.params], sort_keys=True), []).append(index)
    return list(groups.values())


def _frame_key(lease: Lease, request: MatteRequest) -> str:
    return request.task.frame_work(0, request.image, str(lease.job.project_id)).key
