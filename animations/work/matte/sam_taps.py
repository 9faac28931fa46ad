"""Follow taps with SAM 2 on the GPU; where it does not answer, GrabCut follows them here, and nobody waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.matte.engines import GRABCUT, SAM
from animations.matte.layers import CannotRefine, Layers
from animations.matte.refine_tools import POINTS
from animations.matte.subject import has_subject
from animations.matte.tools.apply import NOTHING_LEFT, Hints, apply_tool
from animations.matte.tools.taps import follow_mask, prompt_for
from animations.models import Candidate, GpuCall
from animations.work.candidates import NO_CUTOUT, read_layers
from animations.work.errors import GpuUnavailable, WorkFailed
from animations.work.gpu.matting import FrameAnswer, MatteRequest, matte_many
from animations.work.lease import Lease
from animations.work.matte.picture import SENT_QUALITY, matte_on_gpu, sent_size

log = logging.getLogger(__name__)


def uses_sam(options: Mapping[str, Any]) -> bool:
    """Return whether a refine job follows taps with SAM 2."""
    return options["tool"] == POINTS and options.get("engine") == SAM


def tap_source(lease: Lease, layers: Layers) -> tuple[Picture, str, GpuCall | None]:
    """Return the cutout of the source that the job's taps mean, the engine that found it, and its call."""
    params = lease.job.params
    prompt = prompt_for(layers.alpha, params["points"], params["box"], sent_size(layers.rgb))
    try:
        mask, call = matte_on_gpu(lease, layers.rgb, SAM, prompt)
    except (GpuUnavailable, WorkFailed) as error:
        log.warning("SAM 2 did not follow the taps of job %s: %s", lease.job.pk, error)
        lease.job.candidates.filter(status=Candidate.Status.PENDING).update(engine=GRABCUT)
        return apply_tool(layers, params, Hints()), GRABCUT, None
    cutout = follow_mask(layers, mask)
    if not has_subject(cutout[..., 3]):
        raise CannotRefine(NOTHING_LEFT)
    return cutout, SAM, call


def tap_frames(lease: Lease, candidates: Sequence[Candidate], store: Callable[[Candidate, Picture], None]) -> None:
    """Have SAM 2 follow the taps in each candidate's parent, packed into few calls, and `store` what it finds.

    Those that it has no answer for stay pending, with `grabcut` as their engine.
    """
    asked = [candidate for candidate in candidates if candidate.parent and candidate.parent.cutout.name]

    def on_frame(index: int, answer: FrameAnswer) -> None:
        if isinstance(answer, bytes):
            cutout = follow_mask(layers_of(asked[index]), png.read(answer))
            if has_subject(cutout[..., 3]):
                store(asked[index], cutout)

    try:
        matte_many(lease, [_request(lease, layers_of(candidate)) for candidate in asked], on_frame)
    except (GpuUnavailable, WorkFailed) as error:
        log.warning("SAM 2 did not follow the taps of job %s: %s", lease.job.pk, error)
    lease.job.candidates.filter(status=Candidate.Status.PENDING).update(engine=GRABCUT)


def layers_of(candidate: Candidate) -> Layers:
    """Return the picture and the cutout of what a candidate is refined from. Raises `CannotRefine` without them."""
    if candidate.parent is None:
        raise CannotRefine(NO_CUTOUT)
    return read_layers(candidate.parent)


def _request(lease: Lease, layers: Layers) -> MatteRequest:
    height, width = layers.alpha.shape
    prompt = prompt_for(layers.alpha, lease.job.params["points"], lease.job.params["box"], (width, height))
    return MatteRequest(SAM, png.write_jpeg(layers.rgb, SENT_QUALITY), prompt)
