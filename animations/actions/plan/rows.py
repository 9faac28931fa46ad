"""The rows of a generation: its frames and their candidates, not yet saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from animations.matte.engines import engine_for
from animations.models import Candidate, Frame, Job, Project
from animations.motion.recipe import read_recipe, variation
from animations.motion.sampling import Moment


def build_frames(project: Project, moments: Sequence[Moment], revision: int) -> list[Frame]:
    """Build the frames of the project's generation, each with the time it stays; `moments` are a clip's."""
    delays = _delays(project, moments)
    made = partial(Frame, project=project, generation=project.generation, revision=revision)
    return [made(index=index, delay_ms=each, phase=index / len(delays)) for index, each in enumerate(delays)]


def _delays(project: Project, moments: Sequence[Moment]) -> list[int]:
    if moments:
        return [moment.delay_ms for moment in moments]
    least, most = Project.LIMITS["frame_ms"]
    tempo = read_recipe(project.recipe).tempo
    return [min(most, max(least, round(project.frame_ms * tempo)))] * project.frame_count


def build_candidates(job: Job, frames: Sequence[Frame], moments: Sequence[Moment]) -> Iterator[Candidate]:
    """Build one candidate per frame and track. Under `auto` the job of a clip decides their engines anew."""
    engine = engine_for(job.project.matte, job.project.source.background)
    prompt = job.project.prompt
    for frame, recipes in zip(frames, _recipes(job.project, moments), strict=True):
        for ordinal, recipe in enumerate(recipes):
            yield Candidate(frame=frame, job=job, ordinal=ordinal, prompt=prompt, engine=engine, recipe=recipe)


def _recipes(project: Project, moments: Sequence[Moment]) -> list[list[dict[str, Any]]]:
    """Return each frame's recipes by track; a clip has one look, and a recipe names the moment it is taken from."""
    if moments:
        return [[{"clip_ms": moment.at_ms, "clip_index": moment.index}] for moment in moments]
    return [list(build_tracks(project.pk, project.recipe, project.candidates))] * project.frame_count


def build_tracks(project_id: UUID, recipe: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """Build the recipes of `count` tracks: the recipe itself, then its variations by the project's own seed."""
    canonical = read_recipe(recipe)
    for track in range(count):
        yield variation(canonical, track, track_seed(project_id)).to_json()


def track_seed(project_id: UUID) -> int:
    """Return the seed of a project's variations: its own, and the same each time."""
    return project_id.int % 2**31
