"""The time that making frames is expected to take here, by what the endpoint's calls have taken (`GpuTiming`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypedDict
from uuid import UUID

from django.conf import settings

from animations.matte.engines import AUTO, DEFAULT_MODEL, MATTE_OPTIONS, engine_for, needs_gpu
from animations.models import EndpointState, GpuTiming, Job, Project

DRAWING_MS: Final = 80
"""One frame of `DRAWN_SIDE` px on one core: to draw it, measure its seam and store it."""
DRAWN_SIDE: Final = 256
COLD_START: Final = "cold_start"
"""The name under which `work.gpu.timings` keeps the time of a worker to its first job."""


class MatteEstimate(TypedDict):
    """The expected ms of matting with an engine: for all frames together, and for each."""

    once_ms: float
    frame_ms: float


def matte_estimates() -> dict[str, MatteEstimate]:
    """Return what each choice of a matte is expected to take; one that has never run is left out.

    `auto` counts as the engine that it takes most often.
    """
    rows = GpuTiming.objects.filter(endpoint=settings.RUNPOD_ENDPOINT_ID).order_by("samples")
    timings = {row.task: row for row in rows}  # of several sizes, that of the most calls
    workers, once_ms = _workers(timings.get(COLD_START))
    found: dict[str, MatteEstimate] = {}
    for slug in [option.slug for option in MATTE_OPTIONS]:
        engine = DEFAULT_MODEL if slug == AUTO else slug
        timing = timings.get(engine)
        if not needs_gpu(engine):
            found[slug] = {"once_ms": 0.0, "frame_ms": 0.0}
        elif timing:
            found[slug] = {"once_ms": once_ms + timing.per_call_ms, "frame_ms": timing.per_frame_ms / workers}
    return found


def _workers(cold_start: GpuTiming | None) -> tuple[int, float]:
    """Return how many workers share the frames, and the ms until the first of them is there."""
    state = EndpointState.objects.current()
    counts = state.workers if state else {}
    alive = int(counts.get("idle", 0)) + int(counts.get("running", 0))
    return (alive, 0.0) if alive else (1, cold_start.per_call_ms if cold_start else 0.0)


def estimates_of(jobs: Iterable[Job]) -> dict[UUID, int]:
    """Return the expected ms from start to end of those jobs that generate frames now, in a few queries."""
    live = [job for job in jobs if job.kind == Job.Kind.GENERATE and job.status in Job.LIVE]
    if not live:
        return {}
    projects = Project.objects.select_related("source").in_bulk([job.project_id for job in live])
    mattes = matte_estimates()
    found = {job.pk: _estimate(job, projects[job.project_id], mattes) for job in live if job.project_id in projects}
    return {pk: estimate for pk, estimate in found.items() if estimate is not None}


def _estimate(job: Job, project: Project, mattes: Mapping[str, MatteEstimate]) -> int | None:
    """Return the expected ms of a job; None while nothing is known of its engine."""
    matte = mattes.get(engine_for(project.matte, project.source.background))
    if matte is None:
        return None
    if project.generator == Project.Generator.CLIP:
        matting = matte["once_ms"] + job.total * matte["frame_ms"]
    else:
        matting = 0.0 if project.source.matte_id else matte["once_ms"] + matte["frame_ms"]
    return round(matting + job.total * DRAWING_MS * (project.size / DRAWN_SIDE) ** 2)
