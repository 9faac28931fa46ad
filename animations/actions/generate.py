"""Generate a project's frames: rows are written and a job is put on its queue. No pixels here."""

from __future__ import annotations

from django.db.models import Max

from animations.actions.engines import check_gpu
from animations.actions.jobs import enqueue, live_or_busy, start_once
from animations.actions.plan.generation import GenerationPlan, plan_generation
from animations.actions.plan.motions import Motion, read_motion
from animations.actions.plan.names import next_name
from animations.actions.plan.options import GenerateOptions
from animations.actions.plan.rows import build_candidates, build_frames
from animations.actions.projects.generations import generation_to_keep
from animations.matte.engines import engine_for, needs_gpu
from animations.models import Candidate, Frame, Job, Project


def generate(project: Project, options: GenerateOptions) -> Job:
    """Generate the project's frames anew with these options; an equal request while one is live gets its job.

    Raises `Busy` while other work is under way, and `ActionError` for options that are not possible.
    """
    options.check()
    motion = read_motion(options)
    return start_once(project, lambda revision: _plan_and_start(project, options, motion, revision))


def _plan_and_start(project: Project, options: GenerateOptions, motion: Motion | None, revision: int) -> Job:
    plan = plan_generation(project.source, options, motion, project)
    live = project.jobs.live().changing_frames().first()
    if live:
        return live_or_busy(live, "emoji", is_equal=live.kind == Job.Kind.GENERATE and plan.fits(project))
    return start_generation(project, plan, revision)


def start_generation(project: Project, plan: GenerationPlan, revision: int) -> Job:
    """Write the rows of a new generation; of earlier ones keep the last, and what exports need. Inside `revise`."""
    _check_gpu(project, plan)
    values = {"notes": [], "clip_layout": {}, **plan.columns, **next_name(project, plan.columns)}
    if project.emoji_set_id is None:
        values["set_recipes"] = []
    kept = generation_to_keep(project)
    kept_number = kept["generation"] if kept else 0
    number = _next_generation(project)
    project.start(revision, generation=number, kept=kept, **values)
    exported = project.exports.live().values("generation")
    project.frames.exclude(generation__in=[number, kept_number]).exclude(generation__in=exported).delete()
    job = enqueue(
        project,
        kind=Job.Kind.GENERATE,
        revision=revision,
        params={"generation": project.generation},
        total=project.frame_count * project.candidates,
    )
    frames = Frame.objects.bulk_create(build_frames(project, plan.moments, revision))
    Candidate.objects.bulk_create(build_candidates(job, frames, plan.moments))
    return job


def _next_generation(project: Project) -> int:
    """Return a number that no generation of the project has, nor one whose frames were left when it was undone."""
    last = project.frames.aggregate(last=Max("generation"))["last"] or 0
    number: int = 1 + max(last, project.generation, (project.kept or {}).get("generation", 0))
    return number


def _check_gpu(project: Project, plan: GenerationPlan) -> None:
    """Refuse what the endpoint cannot run or the quota does not cover, where mattes have to be made.

    Some of a clip's frames may have been matted before, but not all.
    """
    matte = plan.columns.get("matte", project.matte)
    engine = engine_for(matte, project.source.background)
    if needs_gpu(engine) and (plan.moments or not project.source.mattes.filter(engine=engine).exists()):
        check_gpu(project, matte, "matte")
