"""A frame and its candidates as the API and the socket show them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from animations.models import Candidate, Frame, Project
from animations.payloads.types import CandidatePayload, FramePayload, format_id

SEAM_WARNING = "This frame stands out from its neighbours: its step is {ratio:.1f} times the usual one."


def frames_with_candidates(project: Project) -> QuerySet[Frame]:
    """Return the current generation's frames with their candidates, in two queries."""
    candidates = Candidate.objects.order_by("ordinal")
    frames: QuerySet[Frame] = project.current_frames()
    return frames.prefetch_related(Prefetch("candidates", queryset=candidates))


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
        return reverse("candidate-file", args=[candidate.pk, kind]) if name else None

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
        "warning": SEAM_WARNING.format(ratio=candidate.seam) if candidate.stands_out else "",
        "error": candidate.error,
    }


def _preview_url(candidate: Candidate) -> str | None:
    """Return the address of the cutout as pages show it: a smaller copy, or itself where it is small already."""
    cutout, preview = candidate.cutout.name, candidate.preview.name
    if preview and preview != cutout:
        return reverse("candidate-preview", args=[candidate.pk])
    return reverse("candidate-file", args=[candidate.pk, "cutout"]) if cutout else None
