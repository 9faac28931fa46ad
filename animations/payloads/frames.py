"""A frame and its candidates as the API and the socket show them."""

from __future__ import annotations

import functools
import json
import zlib
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from animations.models import Candidate, Frame, Project
from animations.models.job_outcomes import CANCELLED
from animations.payloads.revision_cache import RevisionCache
from animations.payloads.types import CandidatePayload, FramePayload, format_id
from animations.translation import translated

FRAMES_AT_ONCE: Final = 15
"""The rows of 60 frames with forty candidates each weigh 15 MB: a quarter of them is held at a time."""
FAST: Final = 1
"""The level of zlib at which it takes the least time."""
ANY_ID: Final = UUID(int=0)

_compressed: RevisionCache[bytes] = RevisionCache(1_000_000, len)
"""The frames of projects as deflated JSON: to read it takes a tenth of the time that the rows take."""

SEAM_WARNING = "This frame stands out from its neighbours: its step is {ratio:.1f} times the usual one."


def frames_with_candidates(project: Project) -> QuerySet[Frame]:
    """Return the current generation's frames with their candidates, in two queries."""
    candidates = Candidate.objects.order_by("ordinal")
    frames: QuerySet[Frame] = project.current_frames()
    return frames.prefetch_related(Prefetch("candidates", queryset=candidates))


def frame_list_payload(project: Project) -> list[FramePayload]:
    """Describe the current generation's frames and their candidates."""
    compressed = _compressed.get(project)
    if compressed is not None:
        found: list[FramePayload] = json.loads(zlib.decompress(compressed))
        return found
    frames = [frame_payload(frame) for frame in frames_with_candidates(project).iterator(FRAMES_AT_ONCE)]
    _compressed.put(project, zlib.compress(json.dumps(frames, separators=(",", ":")).encode(), FAST))
    return frames


def frame_payload(frame: Frame) -> FramePayload:
    """Describe a frame and its candidates; unless it is from `frames_with_candidates`, this costs a query."""
    return {
        "id": str(frame.pk),
        "index": frame.index,
        "delay_ms": frame.delay_ms,
        "status": frame.status,
        "chosen": format_id(frame.chosen_id),
        "candidates": [candidate_payload(candidate) for candidate in frame.candidates.all()],
    }


def candidate_payload(candidate: Candidate) -> CandidatePayload:
    """Describe a candidate; a file that it has not got has no address."""

    def url(kind: str, name: str | None) -> str | None:
        return _candidate_url("candidate-file", candidate.pk, kind) if name else None

    return {
        "id": str(candidate.pk),
        "ordinal": candidate.ordinal,
        "status": candidate.status,
        "origin": candidate.origin,
        "parent": format_id(candidate.parent_id),
        "prompt": candidate.prompt,
        "engine": candidate.engine,
        "picture_url": url("picture", candidate.picture.name),
        "alpha_url": url("alpha", candidate.alpha.name),
        "cutout_url": url("cutout", candidate.cutout.name),
        "preview_url": _preview_url(candidate),
        "seam": candidate.seam,
        "warning": translated(SEAM_WARNING.format(ratio=candidate.seam)) if candidate.stands_out else "",
        "confidence": candidate.confidence,
        "carried_by": candidate.carried_by,
        "error": translated(candidate.error),
        "cancelled": candidate.error == CANCELLED,
    }


def _preview_url(candidate: Candidate) -> str | None:
    """Return the address of the cutout as pages show it: a smaller copy, or itself where it is small already."""
    cutout, preview = candidate.cutout.name, candidate.preview.name
    if preview and preview != cutout:
        return _candidate_url("candidate-preview", candidate.pk)
    return _candidate_url("candidate-file", candidate.pk, "cutout") if cutout else None


def _candidate_url(name: str, pk: UUID, *kind: str) -> str:
    return _url_of_any(name, *kind).replace(str(ANY_ID), str(pk))


@functools.cache
def _url_of_any(name: str, *kind: str) -> str:
    """Return an address with a place for the key. To look one up takes 50 µs, and a project shows 150 of them."""
    return reverse(name, args=[ANY_ID, *kind])
