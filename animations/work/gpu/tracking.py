"""Follow a subject through a clip on the GPU: one call for all frames, since each is found from the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from asgiref.sync import async_to_sync

from animations.matte.engines import SAM_CLIP
from animations.models import EndpointState
from animations.work.gpu import endpoint_state, timings
from animations.work.gpu.alpha_check import check_alpha, picture_size
from animations.work.gpu.endpoint_client import make_job_client
from animations.work.gpu.matting import FrameAnswer, consequence, wait_while_wanted
from animations.work.lease import Lease
from gpu.batch.execution_time import pessimistic
from gpu.contract import Request
from gpu.errors import GpuError
from gpu.ledger import Result, work_key

log = logging.getLogger(__name__)

WORTH_SECONDS: Final = 120.0
"""A call that is expected to take longer is not worth its wait."""
DEADLINE_SECONDS: Final = 240.0
"""Of the call, from its start."""


def is_worth_it(images: Sequence[bytes]) -> bool:
    """Return whether a clip is expected to be followed soon enough; one without a GPU is thought slow at first."""
    known = timings.expected_timing(SAM_CLIP, timings.picture_size_class(images[0]))
    state = EndpointState.objects.current()
    if state is not None and state.info.get("tasks", {}).get(SAM_CLIP, {}).get("device") == "cpu":
        known = pessimistic(known)
    return known.seconds(len(images)) <= WORTH_SECONDS


def track_clip(lease: Lease, images: Sequence[bytes], prompts: Sequence[dict[str, Any]]) -> list[FrameAnswer]:
    """Return the alpha (8-bit grey PNG) of what the prompts mean in each frame of a clip, or why there is none.

    The images (PNG, JPEG or WebP) are of one size. What one project has paid for once is not sent again. Raises as
    `matting.matte_many` does.
    """
    endpoint_state.mark_in_use()
    request = Request("sam_clip", tuple(images), {"prompts": list(prompts)})
    try:
        result = async_to_sync(_infer)(lease, request)
    except GpuError as error:
        log.warning("tracking for project %s failed: %s", lease.job.project_id, error.code)
        raise consequence(lease, error) from error
    size = picture_size(images[0])
    return [frame if isinstance(frame, dict) else check_alpha(frame, size) or frame for frame in result.frames]


async def _infer(lease: Lease, request: Request) -> Result:
    async with make_job_client(lease) as client:
        key = work_key(request, str(lease.job.project_id))
        call = asyncio.ensure_future(client.infer(request, key, DEADLINE_SECONDS))
        try:
            await wait_while_wanted(lease, [call])
        finally:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
    lease.check()
    return call.result()
