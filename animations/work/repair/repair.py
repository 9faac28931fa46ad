"""Rebuild damaged files from intact ones, and invalidate the rows of those that cannot be rebuilt.

No row with a damaged file stays ready: a job draws generated frames again, other frames and exports fail and can be
retried, and the results of a call are cleared. Only an original cannot be restored.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import numpy as np
from django.conf import settings

from animations import storage
from animations.imaging import png
from animations.ingest.client import decode, temporary_folder
from animations.ingest.errors import DecodeError
from animations.models import Candidate, Export, Frame, GpuCall, Job, Matte, Pack, Project, Source
from animations.models.transitions import revise
from animations.work.candidates import store_cutout
from animations.work.repair.damage import DamageReport, find_damage

DAMAGED: Final = "A stored file was damaged. Please try again."


def repair(project_id: UUID) -> DamageReport:
    """Find and repair the damaged files of a project; change nothing while one of its jobs is live."""
    report = find_damage(project_id)
    report.is_busy = Job.objects.live().filter(project=project_id).exists()
    if report.damaged and not report.is_busy:
        _rebuild(project_id, report)
        with revise(project_id) as revision:
            _invalidate_rows(Project.objects.get(pk=project_id), report.damaged - report.rebuilt, revision)
    return report


def _rebuild(project_id: UUID, report: DamageReport) -> None:
    source = Source.objects.get(project=project_id)
    if source.original.name in report.damaged:
        report.lost.add(source.original.name)
    elif source.picture.name in report.damaged:
        _rebuild_picture(source, report)
    for matte in Matte.objects.filter(source=source, alpha__in=report.damaged).exclude(cutout__in=report.damaged):
        _replace(matte, "alpha", _alpha_of(project_id, matte), report)
    candidates = Candidate.objects.filter(frame__project=project_id, status=Candidate.Status.READY)
    for candidate in candidates.exclude(cutout__in=report.damaged):
        if candidate.alpha.name in report.damaged:
            _replace(candidate, "alpha", _alpha_of(project_id, candidate), report)
        if candidate.preview.name in report.damaged:
            cutout = png.read(storage.read(candidate.cutout.name))
            _replace(candidate, "preview", store_cutout(project_id, cutout)[1], report)


def _rebuild_picture(source: Source, report: DamageReport) -> None:
    with temporary_folder(settings.FILE_UPLOAD_TEMP_DIR) as folder:
        (folder / "original").write_bytes(storage.read(source.original.name))
        try:
            decoded = decode(folder / "original", folder)
        except DecodeError:  # an older version accepted this file
            return
        _replace(source, "picture", storage.save_file(source.project_id, decoded.picture, "png"), report)


def _alpha_of(project_id: UUID, row: Matte | Candidate) -> str:
    """Store the alpha of an intact cutout, and return its name."""
    cutout = png.read(storage.read(row.cutout.name))
    return storage.save(project_id, png.write(np.ascontiguousarray(cutout[..., 3])), "png")


def _replace(row: Source | Matte | Candidate, column: str, name: str, report: DamageReport) -> None:
    report.rebuilt.add(str(getattr(row, column).name))
    type(row)._default_manager.filter(pk=row.pk).update(**{column: name})


def _invalidate_rows(project: Project, damaged: set[str], revision: int) -> None:
    """Leave no row ready with a damaged file. Inside `revise`."""
    for column in ("alpha", "cutout"):
        Matte.objects.filter(source__project=project, **{f"{column}__in": damaged}).delete()
    for export in Export.objects.filter(project=project, files__file__in=damaged).distinct():
        export.invalidate(revision, DAMAGED)
    for pack in Pack.objects.filter(job__project=project, files__file__in=damaged).distinct():
        pack.invalidate(DAMAGED)
    for call in GpuCall.objects.filter(project=project):
        if any(frame.get("alpha") in damaged for frame in call.results):
            call.clear_results()
    lost = [one for one in _ready_candidates(project) if damaged & {*_files_of(one)}]
    if lost:
        _invalidate_candidates(project, lost, revision)


def _ready_candidates(project: Project) -> list[Candidate]:
    ready = Candidate.objects.filter(frame__project=project, status=Candidate.Status.READY)
    return list(ready.select_related("frame"))


def _files_of(candidate: Candidate) -> list[str]:
    return [str(file.name) for file in (candidate.picture, candidate.alpha, candidate.cutout, candidate.preview)]


def _invalidate_candidates(project: Project, lost: list[Candidate], revision: int) -> None:
    """Redraw generated candidates, and fail the others. Inside `revise`."""
    shown = set(project.current_frames().values_list("pk", flat=True))
    again = [one for one in lost if one.origin == Candidate.Origin.GENERATED and one.frame_id in shown]
    for candidate in lost:
        candidate.invalidate(DAMAGED)
    _choose_others({candidate.frame_id for candidate in lost}, revision)
    if again:
        _enqueue_redraw(project, again, revision)
    else:
        project.mark_frames_lost()


def _choose_others(frame_ids: set[UUID], revision: int) -> None:
    """Choose another candidate for frames whose chosen one is no longer ready. Inside `revise`."""
    for frame in Frame.objects.filter(pk__in=frame_ids).exclude(chosen__status=Candidate.Status.READY):
        other = frame.candidates.filter(status=Candidate.Status.READY).order_by("ordinal").first()
        frame.replace_chosen(revision, other)


def _enqueue_redraw(project: Project, candidates: list[Candidate], revision: int) -> None:
    project.start(revision)
    job = Job.enqueue(
        project=project,
        kind=Job.Kind.GENERATE,
        revision=revision,
        params={"generation": project.generation},
        total=len(candidates),
    )
    for candidate in candidates:
        candidate.redraw(job)
    frames = Frame.objects.filter(pk__in=[candidate.frame_id for candidate in candidates])
    Frame.objects.start_all(list(frames), revision)
