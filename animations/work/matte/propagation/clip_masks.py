"""Have SAM 2 follow a corrected subject through its clip; where it does not answer, nobody waits for it."""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Alpha, Picture
from animations.matte.propagation.carry import Correction
from animations.matte.propagation.tracked import has_learned, prompt_for_clip
from animations.work.errors import GpuUnavailable, WorkFailed
from animations.work.gpu.tracking import is_worth_it, track_clip
from animations.work.lease import Lease

log = logging.getLogger(__name__)

SENT_QUALITY: Final = 90
"""60 frames of 512 px stay well below what one call may hold."""


def track_correction(lease: Lease, correction: Correction) -> dict[UUID, Alpha]:
    """Return the mask of the corrected subject in the other frames of its size, by the frame's id.

    There are none at all where the endpoint fails or is too slow, and where the correction was not understood.
    """
    pictures = _read_clip(lease, correction)
    keys = list(pictures)
    images = [png.write_jpeg(rgb, SENT_QUALITY) for rgb in pictures.values()]
    frame = lease.job.frame_id
    if frame not in pictures or not is_worth_it(images):
        return {}
    try:
        answers = track_clip(lease, images, [{"frame": keys.index(frame), **prompt_for_clip(correction)}])
    except (GpuUnavailable, WorkFailed) as error:
        log.warning("SAM 2 did not follow the correction of job %s: %s", lease.job.pk, error)
        return {}
    masks = {key: png.read(answer) for key, answer in zip(keys, answers, strict=True) if isinstance(answer, bytes)}
    own = masks.pop(frame, None)
    return masks if own is not None and has_learned(correction, own) else {}


def _read_clip(lease: Lease, correction: Correction) -> dict[UUID, Picture]:
    """Return the pictures of the clip's frames in their order, those that are as large as the corrected one."""
    pictures: dict[UUID, Picture] = {}
    for frame in lease.job.project.current_frames().select_related("chosen"):
        lease.check()
        if frame.pk == lease.job.frame_id:
            pictures[frame.pk] = correction.rgb
        elif frame.chosen is not None and frame.chosen.picture.name:
            rgb, _ = png.split_alpha(png.read(storage.read(frame.chosen.picture.name)))
            if rgb.shape == correction.rgb.shape:
                pictures[frame.pk] = rgb
    return pictures
