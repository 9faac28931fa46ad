"""Choose the engine of each frame of a clip under `auto`, by looking at all frames of the generation."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from animations.matte.background.classify import classify_background
from animations.matte.engines import AUTO, Background, engines_for_frames
from animations.models import Candidate, Job
from animations.work.clip_frames.extract import ClipFrames
from animations.work.lease import Lease


def undecided_candidates(job: Job) -> list[Candidate]:
    """Return all candidates of a generation under `auto`; none of any other job, whose engines were chosen.

    Also those that an earlier run has finished, so that a run which starts again decides as that one did.
    """
    is_auto = job.project.matte == AUTO
    return list(job.candidates.all()) if job.kind == Job.Kind.GENERATE and is_auto else []


def choose_engines(lease: Lease, candidates: Sequence[Candidate], frames: ClipFrames) -> None:
    """Write down the engine of each pending candidate by what its frame and the others stand on."""
    readable = [candidate for candidate in candidates if candidate.recipe["clip_index"] in frames]
    engines = engines_for_frames([measure_background(candidate, frames) for candidate in readable])
    with lease.revise():
        for engine in set(engines):
            mine = [candidate.pk for candidate, own in zip(readable, engines, strict=True) if own == engine]
            Candidate.objects.filter(pk__in=mine, status=Candidate.Status.PENDING).update(engine=engine)


def measure_background(candidate: Candidate, frames: ClipFrames) -> Background:
    """Measure what the candidate's frame stands on."""
    with Image.open(frames.paths[candidate.recipe["clip_index"]]) as picture:
        return classify_background(picture)
