"""Which engine mattes each frame of a clip under `auto`: found by looking at all of the take's frames."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from animations.matte.engines import AUTO, Ground, engines_for_frames
from animations.matte.ground import ground_of
from animations.models import Candidate, Job
from animations.work.clip_frames import Shots
from animations.work.lease import Lease


def undecided(job: Job) -> list[Candidate]:
    """All candidates of a take under `auto`; none of any other job, whose engines were chosen.

    Also those that an earlier run has finished, so that a run which starts again decides as that one did.
    """
    is_auto = job.project.matte == AUTO
    return list(job.candidates.all()) if job.kind == Job.Kind.GENERATE and is_auto else []


def decide(lease: Lease, candidates: Sequence[Candidate], shots: Shots) -> None:
    """Write down the engine of each pending candidate by what its frame and the others stand on."""
    readable = [candidate for candidate in candidates if candidate.recipe["clip_index"] in shots]
    engines = engines_for_frames([ground(candidate, shots) for candidate in readable])
    with lease.revise():
        for engine in set(engines):
            mine = [candidate.pk for candidate, own in zip(readable, engines, strict=True) if own == engine]
            Candidate.objects.filter(pk__in=mine, status=Candidate.Status.PENDING).update(engine=engine)


def ground(candidate: Candidate, shots: Shots) -> Ground:
    """Return what the candidate's frame stands on."""
    with Image.open(shots.paths[candidate.recipe["clip_index"]]) as picture:
        return ground_of(picture)
