"""Retry one frame with other words. The rest of the loop stays as it is, and so does what is chosen."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from animations.actions.engines import check_engine
from animations.actions.errors import ActionError
from animations.actions.frames import delete_failed_candidates, next_ordinals
from animations.actions.jobs import enqueue, live_job, live_or_busy, start_once
from animations.actions.plan.motions import Motion, motion_from_words
from animations.actions.plan.rows import build_tracks
from animations.matte.engines import engine_for
from animations.models import Candidate, Frame, Job, Project
from animations.motion.language.layout import MIN_AMPLITUDE
from animations.motion.recipe import AMPLITUDES, Recipe, RecipeError, read_recipe

NO_WORDS: Final = "This frame comes from a clip and has no words. Make its matte with another engine instead."
NO_FURTHER: Final = "“{}” goes no further: the motion is at its limit already."
ONLY_THE_TEMPO: Final = (
    "“{}” is about the speed, which all frames have in common. Change the motion, or the time of each frame, instead."
)
DRAWN_SO_ALREADY: Final = "This frame is drawn that way already. Say what should be different."


def retry(frame: Frame, prompt: str, candidates: int = 1, candidate: UUID | None = None) -> Job:
    """Make new candidates of a frame by these words; an equal request while one is live gets its job.

    Comparisons ("higher") are with `candidate`, or with the chosen one. What is chosen stays chosen; the first new
    one is chosen only where there was none. Raises `ActionError` for words that name no motion or change nothing,
    `Busy` while other work on the frame is under way.
    """
    least, most = Project.LIMITS["candidates"]
    if not least <= candidates <= most:
        raise ActionError("invalid", f"candidates must be from {least} to {most}.", "candidates")
    if frame.project.generator == Project.Generator.CLIP:
        raise ActionError("unavailable", NO_WORDS, "prompt")
    compared = _compared_with(frame, candidate)
    base = _recipe_of(compared, frame.project.recipe)
    motion = motion_from_words(prompt, base)
    params: dict[str, Any] = {"prompt": prompt, "candidates": candidates}
    params |= {"candidate": str(candidate)} if candidate else {}

    def start(revision: int) -> Job:
        if live := live_job(frame.project_id, [frame]):
            return live_or_busy(live, "frame", is_equal=live.matches(Job.Kind.RETRY, frame, params))
        if compared:
            _check_change(prompt, base, motion)
        _check_matte(frame.project)
        return _create_rows(frame, revision, motion, params, compared)

    return start_once(frame.project, start)


def _compared_with(frame: Frame, candidate: UUID | None) -> Candidate | None:
    """Return the candidate that is compared with. Raises `ActionError` unless it is a ready one of this frame."""
    if candidate is None:
        return frame.chosen
    found = Candidate.objects.filter(frame=frame, pk=candidate, status=Candidate.Status.READY).first()
    if found is None:
        raise ActionError("does_not_exist", "This frame has no such candidate that is ready.", "candidate")
    return found


def _recipe_of(compared: Candidate | None, fallback: dict[str, Any]) -> Recipe:
    try:
        return read_recipe(compared.recipe if compared else fallback)
    except RecipeError:  # an imported candidate has none
        return read_recipe(fallback)


def _check_change(prompt: str, base: Recipe, motion: Motion) -> None:
    """Raise `ActionError` where the frame would be drawn as it is, saying why."""
    wanted = read_recipe(motion.recipe)
    if wanted.layers != base.layers:
        return
    if wanted.tempo != base.tempo:
        raise ActionError("no_change", ONLY_THE_TEMPO.format(prompt), "prompt")
    limits = (MIN_AMPLITUDE, AMPLITUDES[1])
    at_limit = any(layer.amplitude in limits for layer in base.layers)
    why = NO_FURTHER.format(prompt) if at_limit else f"{motion.note} {DRAWN_SO_ALREADY}".strip()
    raise ActionError("no_change", why, "prompt")


def _check_matte(project: Project) -> None:
    """Raise `ActionError` where the picture has to be matted first, by a chosen engine that cannot run."""
    if not project.source.mattes.filter(engine=project.matte).exists():
        check_engine(project.matte, None)


def _create_rows(
    frame: Frame, revision: int, motion: Motion, params: dict[str, Any], compared: Candidate | None
) -> Job:
    """Write the rows of a retry. Inside `revise`."""
    frame.refresh_from_db()
    count: int = params["candidates"]
    delete_failed_candidates([frame], [compared] if compared else [])
    first = next_ordinals([frame], count)[frame]
    frame.start(revision)
    job = enqueue(frame.project, frame=frame, kind=Job.Kind.RETRY, params=params, revision=revision, total=count)
    Candidate.objects.bulk_create(
        Candidate(
            frame=frame,
            job=job,
            ordinal=ordinal,
            origin=Candidate.Origin.RETRIED,
            parent=compared,
            prompt=motion.prompt,
            engine=engine_for(frame.project.matte, frame.project.source.background),
            recipe=recipe,
        )
        for ordinal, recipe in enumerate(build_tracks(frame.project_id, motion.recipe, count), first)
    )
    return job
