"""Follow a subject through a clip on the GPU: one call for all frames, since each is found from the others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from asgiref.sync import async_to_sync

from animations.matte.engines import SAM_CLIP
from animations.models import EndpointState
from animations.work.gpu import endpoint_state, timings
from animations.work.gpu.alpha_check import check_alpha, picture_size
from animations.work.gpu.endpoint_client import make_job_client
from animations.work.gpu.matting import FrameAnswer, consequence, run_while_leased
from animations.work.lease import Lease
from gpu.batch.execution_time import pessimistic
from gpu.contract import Request
from gpu.errors import GpuError
from gpu.ledger import work_key

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
    client = make_job_client(lease)
    request = Request("sam_clip", tuple(images), {"prompts": list(prompts)})
    infer = partial(client.infer, request, work_key(request, str(lease.job.project_id)), DEADLINE_SECONDS)
    try:
        (result,) = async_to_sync(run_while_leased)(lease, client, [infer])
    except GpuError as error:
        log.warning("tracking for project %s failed: %s", lease.job.project_id, error.code)
        raise consequence(lease, error) from error
    size = picture_size(images[0])
    return [frame if isinstance(frame, dict) else check_alpha(frame, size) or frame for frame in result.frames]
