"""Carry the correction of one frame of a clip to the others, each in its turn away from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import numpy as np

from animations.imaging.arrays import Alpha
from animations.matte.engines import FLOW, SAM_CLIP
from animations.matte.layers import CannotRefine, Layers
from animations.matte.propagation.carry import Carried, Correction, carry
from animations.matte.propagation.flow import Motion
from animations.matte.propagation.tracked import carry_by_mask
from animations.matte.refine_tools import LEAST_SURE
from animations.matte.subject import has_subject
from animations.models import Candidate, Frame
from animations.models.candidate import CarriedBy
from animations.work.candidates import drop, fail, finish_refined, iterate_pending, read_layers
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte.propagation.clip_masks import track_correction
from animations.work.matte.sam_taps import layers_of

OTHER_SIZE: Final = "This frame is of another size than the one that was mended."
NOTHING_TO_MEND: Final = "The other frames need no such correction: there is nothing to mend in them."


def propagate(lease: Lease) -> None:
    """Make the job's pending candidates, which wait to be chosen; a frame that stays as it is gets none.

    Raises `WorkFailed` where that is so of all, and `LeaseLost`.
    """
    correction = _read_correction(lease)
    masks = track_correction(lease, correction) if lease.job.params.get("engine") == SAM_CLIP else {}
    rows = lease.job.candidates.select_related("frame", "parent")
    candidates = {candidate.frame_id: candidate for candidate in rows}
    for keys in _away_from(lease.job.frame, [frame.pk for frame in lease.job.project.current_frames()]):
        _carry_along(lease, correction, [candidates[key] for key in keys if key in candidates], masks)
    for candidate in iterate_pending(lease):  # its frame was removed: put back, it would be worked on for ever
        drop(lease, candidate)
    if not lease.job.candidates.exists():
        raise WorkFailed(NOTHING_TO_MEND)


def _away_from(mended: Frame | None, keys: list[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Return what comes after a frame, and what comes before it from there backwards; it may have been removed."""
    if mended and mended.pk in keys:
        at = keys.index(mended.pk)
        return keys[at + 1 :], keys[:at][::-1]
    at = mended.index if mended else 0
    return keys[at:], keys[:at][::-1]


def _read_correction(lease: Lease) -> Correction:
    rows = Candidate.objects.in_bulk([lease.job.params["before"], lease.job.params["candidate"]])
    before, after = (read_layers(rows[UUID(lease.job.params[name])]) for name in ("before", "candidate"))
    return Correction(after.rgb, before.alpha, after.alpha)


def _carry_along(
    lease: Lease, correction: Correction, candidates: Sequence[Candidate], masks: Mapping[UUID, Alpha]
) -> None:
    """Carry a correction from frame to frame, in the order of the candidates; those that are made show the way."""
    tracker = correction.tracker()
    for candidate in candidates:
        lease.check()
        try:
            layers = layers_of(candidate)
            _check_size(layers, correction)
        except CannotRefine as error:
            fail(lease, candidate, str(error))
            continue
        motion = tracker.step(layers.rgb)
        if candidate.status == Candidate.Status.PENDING:
            by, carried = _carry(correction, layers, motion, masks.get(candidate.frame_id))
            _finish(lease, candidate, layers, by, carried)


def _check_size(layers: Layers, correction: Correction) -> None:
    if layers.alpha.shape != correction.after.shape:
        raise CannotRefine(OTHER_SIZE)


def _carry(correction: Correction, layers: Layers, motion: Motion, mask: Alpha | None) -> tuple[str, Carried]:
    """Carry a correction by the mask, if there is one; by the motion alone where only that is sure."""
    carried = carry(correction, layers, motion)
    if mask is not None:
        by_mask = carry_by_mask(correction, layers, mask, motion, carried)
        if by_mask.confidence >= min(LEAST_SURE, carried.confidence):
            return SAM_CLIP, by_mask
    return FLOW, carried


def _finish(lease: Lease, candidate: Candidate, layers: Layers, by: str, carried: Carried) -> None:
    if has_subject(carried.alpha) and not np.array_equal(carried.alpha, layers.alpha):
        finish_refined(lease, candidate, layers.cut(carried.alpha), carried=CarriedBy(by, carried.confidence))
    else:
        drop(lease, candidate)
