"""Projects as the API and the socket show them.

A list of many costs as many queries as a list of one: what hangs on a row (its job, its progress, its thumbnail) is
read for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse

from animations.models import Frame, Job, Matte, Project, Source
from animations.payloads.alt_text import alt_text_of, tags_of
from animations.payloads.finish import finish_payload
from animations.payloads.frames import frame_list_payload
from animations.payloads.jobs import job_list_payload
from animations.payloads.revision_cache import RevisionCache
from animations.payloads.types import (
    ClipPayload,
    JobPayload,
    MattePayload,
    MotionPayload,
    ProgressPayload,
    ProjectDetailPayload,
    ProjectPayload,
    ProjectSettingsPayload,
    SourcePayload,
    format_id,
    format_time,
)
from animations.payloads.versions import version_list_payload
from animations.translation import translated, translated_motion


class Still(NamedTuple):
    """The candidate shown where an emoji stands still, and the index of its frame if that is the project's poster."""

    candidate: UUID
    poster: int | None


Summary = tuple[ProgressPayload, Still | None]
"""The totals of a project's frames."""

_summaries: RevisionCache[Summary] = RevisionCache(5_000, lambda _summary: 1)


def project_payload(project: Project) -> ProjectPayload:
    """Describe a project without its frames; `job` is its latest generate."""
    return project_list_payload([project])[0]


def project_detail_payload(project: Project, head: ProjectPayload | None = None) -> ProjectDetailPayload:
    """Describe a project with its frames and their candidates; `head` is its payload without them, if it is known."""
    return {
        **(head or project_payload(project)),
        "frames": frame_list_payload(project),
        "versions": version_list_payload(project),
    }


def project_list_payload(projects: Iterable[Project]) -> list[ProjectPayload]:
    """Describe projects (of `for_payload`) in at most four queries, and three more while one is generated."""
    rows = list(projects)
    jobs = {job["project"]: job for job in job_list_payload(_latest_generates([project.pk for project in rows]))}
    summaries = _summaries_of(rows)
    return [_project_payload(project, jobs.get(str(project.pk)), *summaries[project.pk]) for project in rows]


def _summaries_of(projects: Sequence[Project]) -> dict[UUID, Summary]:
    known = {project.pk: summary for project in projects if (summary := _summaries.get(project))}
    others = [project for project in projects if project.pk not in known]
    return known | _read_summaries(others) if others else known


def _read_summaries(projects: Sequence[Project]) -> dict[UUID, Summary]:
    ids = [project.pk for project in projects]
    progress, stills = _progress(ids), stills_of(ids)
    nothing: ProgressPayload = {"done": 0, "total": 0, "failed": 0}
    found = {pk: (progress.get(pk, nothing), stills.get(pk)) for pk in ids}
    for project in projects:
        _summaries.put(project, found[project.pk])
    return found


def _project_payload(
    project: Project, job: JobPayload | None, progress: ProgressPayload, still: Still | None
) -> ProjectPayload:
    return {
        "id": str(project.pk),
        "name": project.name,
        "status": project.status,
        "job": job,
        "source": source_payload(project.source),
        "motion": _motion_payload(project),
        **_settings_payload(project),
        "poster": still.poster if still else None,
        "alt_text": alt_text_of(project),
        "tags": tags_of(project),
        "notes": [{"code": note["code"], "text": translated(note["text"])} for note in project.notes],
        "generation": project.generation,
        "kept_generation": project.kept["generation"] if project.kept else None,
        "revision": project.revision,
        "progress": progress,
        "thumbnail_url": _thumbnail_url(project, still),
        "set": format_id(project.emoji_set_id),
        "created_at": format_time(project.created_at) or "",
        "updated_at": format_time(project.updated_at) or "",
    }


def _settings_payload(project: Project) -> ProjectSettingsPayload:
    return {
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
        "finish": finish_payload(project.finish),
        "pixel_art": project.is_pixel_art,
    }


def _motion_payload(project: Project) -> MotionPayload:
    return {
        "preset": project.preset.slug if project.preset else None,
        "prompt": project.prompt,
        "understood_as": translated_motion(project.understood_as),
        "words": project.understood_as,
    }


def _thumbnail_url(project: Project, still: Still | None) -> str:
    if still:
        return reverse("candidate-file", args=[still.candidate, "cutout"])
    return reverse("source-file", args=[project.source.pk, "picture"])


def source_payload(source: Source) -> SourcePayload:
    """Describe a project's source and its matte in use."""
    matte = source.matte
    return {
        "kind": source.kind,
        "url": reverse("source-file", args=[source.pk, "picture"]),
        "alpha_url": _matte_url(matte, "alpha") if matte else None,
        "cutout_url": _matte_url(matte, "cutout") if matte else None,
        "width": source.width,
        "height": source.height,
        "ground": source.background,
        "matte": format_id(source.matte_id),
        "matte_parent": format_id(matte.parent_id) if matte else None,
        "pockets": matte.pockets if matte else [],
        "holes": matte.holes if matte else [],
        "sparks": matte.sparks if matte else [],
        "clip": _clip_payload(source),
    }


def matte_payload(matte: Matte) -> MattePayload:
    """Describe one of a source's mattes."""
    return {
        "id": str(matte.pk),
        "parent": format_id(matte.parent_id),
        "engine": matte.engine,
        "tool": matte.tool,
        "alpha_url": _matte_url(matte, "alpha"),
        "cutout_url": _matte_url(matte, "cutout"),
        "created_at": format_time(matte.created_at) or "",
    }


def _matte_url(matte: Matte, kind: str) -> str:
    return reverse("matte-file", args=[matte.pk, kind])


def _clip_payload(source: Source) -> ClipPayload | None:
    if source.kind != Source.Kind.CLIP:
        return None
    return {"duration_ms": source.clip_ms or 0, "frames": len(source.clip_times_ms)}


def _latest_generates(projects: Sequence[UUID]) -> QuerySet[Job]:
    """Return each project's latest generate, in one query."""
    latest = Job.objects.filter(project=OuterRef("project"), kind=Job.Kind.GENERATE).order_by("-created_at", "-pk")
    generates = Job.objects.filter(project__in=projects, kind=Job.Kind.GENERATE)
    return generates.filter(pk=Subquery(latest.values("pk")[:1]))


def _current_frames(projects: Sequence[UUID]) -> QuerySet[Frame]:
    frames = Frame.objects.in_loop().filter(project__in=projects, generation=F("project__generation"))
    return frames.order_by()


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


def stills_of(projects: Sequence[UUID]) -> dict[UUID, Still]:
    """Return by project the poster, or the first frame that has a picture, in one query."""
    frames = _current_frames(projects).exclude(chosen=None)
    is_poster = Case(When(pk=F("project__poster"), then=True), default=False)
    rows = frames.annotate(is_poster=is_poster).order_by("is_poster", "-index")
    named = rows.values_list("project", "chosen", "index", "is_poster")
    return {project: Still(chosen, index if poster else None) for project, chosen, index, poster in named}
