"""Go back to the generation before, and forth again: its frames are kept, with the columns that go with them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from animations.actions.errors import ActionError, Busy
from animations.models import Job, Preset, Project, Source, job_outcomes
from animations.models.transitions import revise

COLUMNS: Final = (
    "generation",
    "preset_id",
    "prompt",
    "understood_as",
    "recipe",
    "generator",
    "matte",
    "framing",
    "frame_count",
    "frame_ms",
    "size",
    "candidates",
    "clip_start_ms",
    "clip_end_ms",
    "clip_fps",
    "clip_layout",
    "notes",
    "set_recipes",
    "name",
)
"""The columns of a project that belong to one generation of it."""


def generation_to_keep(project: Project) -> dict[str, Any] | None:
    """Return the columns of the generation to come back to: the current one, or the one kept if that has no frame."""
    if not project.current_frames().exclude(chosen=None).exists():
        return project.kept
    matte = Source.objects.filter(project=project).values_list("matte", flat=True).first()
    return {name: getattr(project, name) for name in COLUMNS} | {"source_matte": str(matte) if matte else None}


def choose_generation(project: Project, generation: int) -> int:
    """Show the kept generation of the project again and keep the current one; return the number of that.

    A generate that is live is cancelled. Raises `ActionError` where this generation is not kept, and `Busy` while
    other work on the frames is under way.
    """
    with revise(project.pk) as revision:
        project.refresh_from_db()
        kept = project.kept
        if kept is None or kept["generation"] != generation:
            raise ActionError("does_not_exist", "The frames of this motion are not kept any more.", "generation")
        _stop_work(project, revision)
        before = project.generation
        current = generation_to_keep(project)
        project.show_generation(revision, kept=current if current != kept else None, **_columns(project, kept))
        _use_matte(project, kept["source_matte"])
    return before


def _stop_work(project: Project, revision: int) -> None:
    for job in project.jobs.live().changing_frames():
        if job.kind != Job.Kind.GENERATE:
            raise Busy.on("emoji")
        job_outcomes.cancel_job(job, revision)
    project.refresh_from_db()


def _columns(project: Project, kept: dict[str, Any]) -> dict[str, Any]:
    """Return the columns to be written: a name of its owner's stays, and a preset that was deleted is none."""
    columns: dict[str, Any] = {name: kept[name] for name in COLUMNS if name in kept}
    if project.has_own_name:
        del columns["name"]
    if not Preset.objects.filter(pk=kept["preset_id"]).exists():
        columns["preset_id"] = None
    return columns


def _use_matte(project: Project, matte_id: str | None) -> None:
    source = Source.objects.get(project=project)
    if matte_id and source.mattes.filter(pk=UUID(matte_id)).exists():
        Source.objects.filter(pk=source.pk).update(matte=matte_id)
