"""Rows → plain dictionaries.

Many rows cost as many queries as one: what hangs on a row (its job's GPU calls, its progress, its thumbnail) is
fetched for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.urls import reverse

from animations.models import Candidate, Export, Frame, GpuCall, Job, Project, Source
from animations.payloads.types import (
    CandidatePayload,
    ClipPayload,
    ExportPayload,
    FramePayload,
    GpuUse,
    JobPayload,
    ProgressPayload,
    ProjectDetailPayload,
    ProjectPayload,
    SourcePayload,
)

SEAM_WARNING = "This frame stands out from its neighbours: its step is {ratio:.1f} times the usual one."
SEAM_LIMIT = 2.0
FRAMES_AT_ONCE = 15
"""The rows of 60 frames with forty candidates each weigh 15 MB: a quarter of them is held at a time."""


def candidate_payload(candidate: Candidate) -> CandidatePayload:
    def url(kind: str, name: str | None) -> str | None:
        return reverse("candidate-file", args=[candidate.pk, kind]) if name else None

    jumps = candidate.seam is not None and candidate.seam > SEAM_LIMIT
    return {
        "id": str(candidate.pk),
        "ordinal": candidate.ordinal,
        "status": candidate.status,
        "origin": candidate.origin,
        "parent": _id(candidate.parent_id),
        "prompt": candidate.prompt,
        "engine": candidate.engine,
        "picture_url": url("picture", candidate.picture.name),
        "alpha_url": url("alpha", candidate.alpha.name),
        "cutout_url": url("cutout", candidate.cutout.name),
        "preview_url": _preview_url(candidate),
        "seam": candidate.seam,
        "warning": SEAM_WARNING.format(ratio=candidate.seam) if jumps else "",
        "error": candidate.error,
    }


def _preview_url(candidate: Candidate) -> str | None:
    """What pages show of a cutout; one that is small as it is has the address of the cutout itself."""
    cutout, preview = candidate.cutout.name, candidate.preview.name
    if preview and preview != cutout:
        return reverse("candidate-preview", args=[candidate.pk])
    return reverse("candidate-file", args=[candidate.pk, "cutout"]) if cutout else None


def frame_payload(frame: Frame) -> FramePayload:
    """A frame with its candidates; take it from `frames_with_candidates`, or each frame costs a query."""
    return {
        "id": str(frame.pk),
        "index": frame.index,
        "delay_ms": frame.delay_ms,
        "status": frame.status,
        "chosen": _id(frame.chosen_id),
        "candidates": [candidate_payload(candidate) for candidate in frame.candidates.all()],
    }


def frames_with_candidates(project: Project) -> QuerySet[Frame]:
    """The current generation's frames with their candidates, in two queries."""
    candidates = Candidate.objects.order_by("ordinal")
    frames: QuerySet[Frame] = project.current_frames()
    return frames.prefetch_related(Prefetch("candidates", queryset=candidates))


def job_payload(job: Job) -> JobPayload:
    return job_list_payload([job])[0]


def job_list_payload(jobs: Iterable[Job]) -> list[JobPayload]:
    """Jobs with what they used of the GPU: one query for all of them."""
    rows = list(jobs)
    calls = GpuCall.objects.filter(job__in=[job.pk for job in rows]).order_by().values("job").annotate(**_GPU_SUMS)
    sums: dict[UUID, Any] = {total["job"]: total for total in calls} if rows else {}
    return [_job_payload(job, sums.get(job.pk)) for job in rows]


def _job_payload(job: Job, gpu: dict[str, Any] | None) -> JobPayload:
    return {
        "id": str(job.pk),
        "project": str(job.project_id),
        "kind": job.kind,
        "frame": _id(job.frame_id),
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "error": job.error,
        "created_at": moment(job.created_at) or "",
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "gpu": _gpu_use(gpu or {}),
    }


_GPU_SUMS: dict[str, Any] = {
    "calls": Count("sent_at"),
    "sent": Sum("frames", filter=Q(sent_at__isnull=False)),
    "delay": Sum("delay_ms"),
    "run": Sum("execution_ms"),
    "cost": Sum("cost_usd"),
}


def gpu_use(calls: QuerySet[GpuCall]) -> GpuUse:
    """What a set of calls came to."""
    return _gpu_use(calls.order_by().aggregate(**_GPU_SUMS))


def _gpu_use(total: dict[str, Any]) -> GpuUse:
    return {
        "calls": total.get("calls") or 0,
        "frames": total.get("sent") or 0,
        "delay_ms": total.get("delay") or 0,
        "execution_ms": total.get("run") or 0,
        "cost_usd": float(total.get("cost") or 0),
    }


def source_payload(source: Source) -> SourcePayload:
    def url(kind: str) -> str:
        return reverse("source-file", args=[source.pk, kind])

    return {
        "kind": source.kind,
        "url": url("picture"),
        "alpha_url": url("alpha") if source.matte_id else None,
        "cutout_url": url("cutout") if source.matte_id else None,
        "width": source.width,
        "height": source.height,
        "ground": source.ground,
        "matte": _id(source.matte_id),
        "matte_parent": _id(source.matte.parent_id) if source.matte else None,
        "pockets": source.matte.pockets if source.matte else [],
        "clip": _clip_payload(source),
    }


def _clip_payload(source: Source) -> ClipPayload | None:
    if source.kind != Source.Kind.CLIP:
        return None
    return {"duration_ms": source.clip_ms or 0, "frames": len(source.clip_times_ms)}


def project_payload(project: Project) -> ProjectPayload:
    """A project without its frames; `job` is its latest generate."""
    return project_list_payload([project])[0]


def project_detail_payload(project: Project) -> ProjectDetailPayload:
    frames = [frame_payload(frame) for frame in frames_with_candidates(project).iterator(FRAMES_AT_ONCE)]
    return {**project_payload(project), "frames": frames}


def project_list_payload(projects: Iterable[Project]) -> list[ProjectPayload]:
    """Projects (of `for_payload`) in four queries, however many they are."""
    rows = list(projects)
    ids = [project.pk for project in rows]
    jobs = {job["project"]: job for job in job_list_payload(_latest_generates(ids))}
    progress, covers = _progress(ids), covers_of(ids)
    nothing: ProgressPayload = {"done": 0, "total": 0, "failed": 0}
    return [
        _project_payload(
            project, jobs.get(str(project.pk)), progress.get(project.pk, nothing), covers.get(project.pk)
        )
        for project in rows
    ]


def _project_payload(
    project: Project, job: JobPayload | None, progress: ProgressPayload, cover: UUID | None
) -> ProjectPayload:
    picture = reverse("source-file", args=[project.source.pk, "picture"])
    return {
        "id": str(project.pk),
        "name": project.name,
        "status": project.status,
        "job": job,
        "source": source_payload(project.source),
        "motion": {
            "preset": project.preset.slug if project.preset else None,
            "prompt": project.prompt,
            "understood_as": project.understood_as,
        },
        "generator": project.generator,
        "frame_count": project.frame_count,
        "frame_ms": project.frame_ms,
        "size": project.size,
        "candidates": project.candidates,
        "clip_start_ms": project.clip_start_ms,
        "clip_end_ms": project.clip_end_ms,
        "clip_fps": project.clip_fps,
        "matte": project.matte,
        "framing": project.framing,
        "pixel_art": project.is_pixel_art,
        "notes": project.notes,
        "revision": project.revision,
        "progress": progress,
        "thumbnail_url": reverse("candidate-file", args=[cover, "cutout"]) if cover else picture,
        "created_at": moment(project.created_at) or "",
        "updated_at": moment(project.updated_at) or "",
    }


def _latest_generates(projects: Sequence[UUID]) -> QuerySet[Job]:
    """Each project's latest generate, in one query."""
    latest = Job.objects.filter(project=OuterRef("project"), kind=Job.Kind.GENERATE).order_by("-created_at", "-pk")
    generates = Job.objects.filter(project__in=projects, kind=Job.Kind.GENERATE)
    return generates.filter(pk=Subquery(latest.values("pk")[:1]))


def _current_frames(projects: Sequence[UUID]) -> QuerySet[Frame]:
    return Frame.objects.filter(project__in=projects, generation=F("project__generation")).order_by()


def _progress(projects: Sequence[UUID]) -> dict[UUID, ProgressPayload]:
    counts = (
        _current_frames(projects)
        .values("project")
        .annotate(
            done=Count("pk", filter=Q(status=Frame.Status.READY)),
            total=Count("pk"),
            failed=Count("pk", filter=Q(status=Frame.Status.FAILED)),
        )
    )
    return {row["project"]: {"done": row["done"], "total": row["total"], "failed": row["failed"]} for row in counts}


def covers_of(projects: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the chosen candidate of each project's first frame that has one, by project, in one query."""
    chosen = _current_frames(projects).exclude(chosen=None).order_by("-index").values_list("project", "chosen")
    return {project: candidate for project, candidate in chosen if candidate}


def export_payload(export: Export) -> ExportPayload:
    """An export; prefetch `files` for many."""
    return {
        "id": str(export.pk),
        "project": str(export.project_id),
        "platform": export.platform,
        "status": export.status,
        "files": [
            {
                "name": file.name,
                "url": reverse("export-file", args=[file.pk]),
                "bytes": file.bytes,
                "width": file.width,
                "height": file.height,
                "frames": file.frames,
                "duration_ms": file.duration_ms,
                "format": file.format,
            }
            for file in export.files.all()
        ],
        "checks": export.checks,
        "steps": export.steps,
        "error": export.error,
        "created_at": moment(export.created_at) or "",
    }


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC, ending in Z."""
    return value.isoformat().replace("+00:00", "Z") if value else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None
