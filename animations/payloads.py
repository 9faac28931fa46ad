"""Rows → plain dictionaries: the one shape that the API and the socket share (CONTRACT names every key)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.urls import reverse

from animations.models import Candidate, Export, Frame, GpuCall, Job, Project, Source


class CandidatePayload(TypedDict):
    id: str
    ordinal: int
    status: str
    origin: str
    parent: str | None
    prompt: str
    engine: str
    picture_url: str | None
    alpha_url: str | None
    cutout_url: str | None
    seam: float | None
    warning: str
    error: str


class FramePayload(TypedDict):
    id: str
    index: int
    delay_ms: int
    status: str
    chosen: str | None
    candidates: list[CandidatePayload]


class GpuUse(TypedDict):
    calls: int
    frames: int
    delay_ms: int
    execution_ms: int
    cost_usd: float


class JobPayload(TypedDict):
    id: str
    project: str
    kind: str
    frame: str | None
    status: str
    done: int
    total: int
    error: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    gpu: GpuUse


class SourcePayload(TypedDict):
    kind: str
    url: str
    alpha_url: str | None
    cutout_url: str | None
    width: int
    height: int


class MotionPayload(TypedDict):
    preset: str | None
    prompt: str
    understood_as: str


class ProgressPayload(TypedDict):
    done: int
    total: int
    failed: int


class ProjectPayload(TypedDict):
    id: str
    name: str
    status: str
    job: JobPayload | None
    source: SourcePayload
    motion: MotionPayload
    generator: str
    frame_count: int
    frame_ms: int
    size: int
    candidates: int
    matte: str
    revision: int
    progress: ProgressPayload
    thumbnail_url: str | None
    created_at: str
    updated_at: str


class ProjectDetailPayload(ProjectPayload):
    frames: list[FramePayload]


class ExportFilePayload(TypedDict):
    name: str
    url: str
    bytes: int
    width: int
    height: int
    frames: int
    duration_ms: int
    format: str


class ExportPayload(TypedDict):
    id: str
    project: str
    platform: str
    status: str
    files: list[ExportFilePayload]
    checks: list[dict[str, Any]]
    steps: list[str]
    error: str
    created_at: str


SEAM_WARNING = "This frame stands out from its neighbours: its step is {ratio:.1f} times the usual one."
SEAM_LIMIT = 2.0


def candidate_payload(candidate: Candidate) -> CandidatePayload:
    def url(kind: str, name: str) -> str | None:
        return reverse("candidate-file", args=[candidate.pk, kind]) if name else None

    jumps = candidate.seam is not None and candidate.seam > SEAM_LIMIT
    return {
        "id": str(candidate.pk),
        "ordinal": candidate.ordinal,
        "status": candidate.status,
        "origin": candidate.origin,
        "parent": str(candidate.parent_id) if candidate.parent_id else None,
        "prompt": candidate.prompt,
        "engine": candidate.engine,
        "picture_url": url("picture", candidate.picture.name),
        "alpha_url": url("alpha", candidate.alpha.name),
        "cutout_url": url("cutout", candidate.cutout.name),
        "seam": candidate.seam,
        "warning": SEAM_WARNING.format(ratio=candidate.seam) if jumps else "",
        "error": candidate.error,
    }


def frame_payload(frame: Frame) -> FramePayload:
    return {
        "id": str(frame.pk),
        "index": frame.index,
        "delay_ms": frame.delay_ms,
        "status": frame.status,
        "chosen": str(frame.chosen_id) if frame.chosen_id else None,
        "candidates": [candidate_payload(candidate) for candidate in frame.candidates.all()],
    }


def frames_with_candidates(project: Project) -> QuerySet[Frame]:
    """The current take's frames with their candidates, in two queries."""
    candidates = Candidate.objects.order_by("ordinal")
    frames: QuerySet[Frame] = project.current_frames()
    return frames.prefetch_related(Prefetch("candidates", queryset=candidates))


def job_payload(job: Job) -> JobPayload:
    return {
        "id": str(job.pk),
        "project": str(job.project_id),
        "kind": job.kind,
        "frame": str(job.frame_id) if job.frame_id else None,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "error": job.error,
        "created_at": moment(job.created_at) or "",
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "gpu": gpu_use(GpuCall.objects.filter(job=job)),
    }


def gpu_use(calls: QuerySet[GpuCall]) -> GpuUse:
    """What a set of calls came to."""
    total = calls.aggregate(
        calls=Count("pk"), frames=Sum("frames"), delay=Sum("delay_ms"), run=Sum("execution_ms"), cost=Sum("cost_usd")
    )
    return {
        "calls": total["calls"],
        "frames": total["frames"] or 0,
        "delay_ms": total["delay"] or 0,
        "execution_ms": total["run"] or 0,
        "cost_usd": float(total["cost"] or 0),
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
    }


def progress_payload(project: Project) -> ProgressPayload:
    counts = project.current_frames().order_by().aggregate(
        done=Count("pk", filter=Q(status="ready")), total=Count("pk"), failed=Count("pk", filter=Q(status="failed"))
    )
    return {"done": counts["done"], "total": counts["total"], "failed": counts["failed"]}


def thumbnail_url(project: Project) -> str | None:
    """The first chosen frame, or the picture while there is none."""
    first = project.current_frames().exclude(chosen=None).values_list("chosen_id", flat=True).first()
    if first:
        return reverse("candidate-file", args=[first, "cutout"])
    return reverse("source-file", args=[project.source.pk, "picture"])


def project_payload(project: Project) -> ProjectPayload:
    """A project without its frames; `job` is the latest one of the whole project."""
    job = project.jobs.filter(kind=Job.Kind.GENERATE).order_by("-created_at").first()
    return {
        "id": str(project.pk),
        "name": project.name,
        "status": project.status,
        "job": job_payload(job) if job else None,
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
        "matte": project.matte,
        "revision": project.revision,
        "progress": progress_payload(project),
        "thumbnail_url": thumbnail_url(project),
        "created_at": moment(project.created_at) or "",
        "updated_at": moment(project.updated_at) or "",
    }


def project_detail_payload(project: Project) -> ProjectDetailPayload:
    frames = [frame_payload(frame) for frame in frames_with_candidates(project)]
    return {**project_payload(project), "frames": frames}


def export_payload(export: Export) -> ExportPayload:
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
    return value.isoformat().replace("+00:00", "Z") if value else None


def project_list_payload(projects: Iterable[Project]) -> list[ProjectPayload]:
    return [project_payload(project) for project in projects]
