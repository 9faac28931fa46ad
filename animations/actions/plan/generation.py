"""What a take is made of: its generator, and a motion or the moments of a clip. Rows that are not yet saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from animations.actions.errors import ActionError
from animations.actions.plan.motions import Motion, choose_motion
from animations.actions.plan.options import OF_A_CLIP, GenerateOptions
from animations.matte.engines import AUTO, NO_WHITE_GROUND, WHITE, Ground, engine_for
from animations.models import Candidate, Frame, Job, Project, Source
from animations.models.project import Note, with_note
from animations.motion.recipe import read_recipe, variation
from animations.motion.sampling import LONGEST_MS, CannotSample, Moment, longest_stay, sample

NO_MOTION: Final[dict[str, Any]] = {"preset": None, "prompt": "", "understood_as": "", "recipe": {}}
"""A clip moves by itself."""
WORDS: Final = "words"
"""The code of the note on what of somebody's words could not be had as it was said."""
SHORTENED: Final = (
    "Pictures that stay longer than {0:.2f} s in this clip are shown for {0:.2f} s, so that the loop lasts at most"
    f" {LONGEST_MS // 1000} s. Choose a part of the clip to keep its own timing."
)


def planned(source: Source, choices: GenerateOptions, kept: Project | None = None) -> dict[str, Any]:
    """The project's columns for a take of `source` with these choices, on top of those it has (`kept`).

    Raises `ActionError` for what cannot be granted.
    """
    fields = choices.fields()
    generator = _generator(source, choices, kept)
    if generator != Project.Generator.CLIP:
        check_ground(source, fields.get("matte", kept.matte if kept else AUTO))
    if generator == Project.Generator.CLIP:
        return fields | NO_MOTION | {"generator": generator} | _clip_fields(source, fields, kept)
    for name in OF_A_CLIP if source.kind != Source.Kind.CLIP else ():
        fields.pop(name, None)
    fields["generator"] = generator
    if choices.preset or choices.prompt or kept is None or not kept.recipe:
        fields |= _motion_fields(choose_motion(choices.preset, choices.prompt))
    elif words := [note for note in kept.notes if note["code"] == WORDS]:
        fields["notes"] = words
    return fields


def check_ground(source: Source, engine: str, attr: str = "matte") -> None:
    """Refuse to key a master that stands on no plain white; of a clip, each frame is looked at when it is made.

    Raises `ActionError` about the field `attr`.
    """
    if engine == WHITE and source.ground != Ground.WHITE:
        raise ActionError("no_white_ground", NO_WHITE_GROUND, attr)


def _generator(source: Source, choices: GenerateOptions, kept: Project | None) -> str:
    """`auto` lets a clip move by itself unless a motion is asked for; a picture's frames are always drawn."""
    moves = bool(choices.preset or choices.prompt)
    if source.kind != Source.Kind.CLIP:
        if choices.generator == Project.Generator.CLIP:
            raise ActionError("invalid", "This is a picture: only a clip moves by itself.", "generator")
        return choices.generator or (kept.generator if kept else Project.Generator.AUTO)
    if choices.generator == Project.Generator.CLIP and moves:
        detail = "A clip keeps its own motion. Leave the words and the preset out, or choose another generator."
        raise ActionError("invalid", detail, "generator")
    if choices.generator not in (None, Project.Generator.AUTO):
        return str(choices.generator)
    if moves:
        return Project.Generator.PROCEDURAL
    return kept.generator if kept and choices.generator is None else Project.Generator.CLIP


def _clip_fields(source: Source, fields: Mapping[str, Any], kept: Project | None) -> dict[str, Any]:
    chosen = {name: fields.get(name, getattr(kept, name) if kept else None) for name in OF_A_CLIP}
    chosen["clip_start_ms"] = chosen["clip_start_ms"] or 0
    moments = _sampled(source, *chosen.values())
    mean = round(sum(moment.delay_ms for moment in moments) / len(moments))
    least, most = Project.LIMITS["frame_ms"]
    notes = list(_notes(source, chosen["clip_start_ms"], chosen["clip_end_ms"]))
    frame_ms = min(most, max(least, mean))
    return {"frame_count": len(moments), "candidates": 1, "frame_ms": frame_ms, "notes": notes}


def _notes(source: Source, start_ms: int, end_ms: int | None) -> Iterator[Note]:
    """What is done to a clip whose end is left open."""
    longest = longest_stay(source.clip_times_ms, source.clip_ms or 0, start_ms) if end_ms is None else None
    if longest is not None:
        yield {"code": "clip_shortened", "text": SHORTENED.format(longest / 1000)}


def _sampled(source: Source, start_ms: int, end_ms: int | None, fps: int | None) -> list[Moment]:
    try:
        return sample(source.clip_times_ms, source.clip_ms or 0, start_ms, end_ms, fps)
    except CannotSample as error:
        raise ActionError("invalid", error.message, f"clip_{error.field}") from None


def build_frames(project: Project, revision: int) -> Iterator[Frame]:
    """The rows of a take's frames, not yet saved, each with the time it stays."""
    for index, delay_ms in enumerate(_delays(project)):
        yield Frame(project=project, generation=project.generation, index=index, delay_ms=delay_ms, revision=revision)


def _delays(project: Project) -> list[int]:
    if project.generator == Project.Generator.CLIP:
        return [moment.delay_ms for moment in _moments(project)]
    least, most = Project.LIMITS["frame_ms"]
    tempo = read_recipe(project.recipe).tempo
    return [min(most, max(least, round(project.frame_ms * tempo)))] * project.frame_count


def _moments(project: Project) -> list[Moment]:
    return _sampled(project.source, project.clip_start_ms, project.clip_end_ms, project.clip_fps)


def build_candidates(project: Project, job: Job, frames: list[Frame]) -> Iterator[Candidate]:
    """The rows of a take's candidates, not yet saved."""
    if project.generator == Project.Generator.CLIP:
        return _of_the_clip(project, job, frames)
    return _of_the_motion(project, job, frames)


def _of_the_clip(project: Project, job: Job, frames: list[Frame]) -> Iterator[Candidate]:
    """One per frame: a clip has one look. Under `auto` the job decides their engines anew, frame by frame."""
    engine = engine_for(project.matte, project.source.ground)
    for frame, moment in zip(frames, _moments(project), strict=True):
        recipe = {"clip_ms": moment.at_ms, "clip_index": moment.index}
        yield Candidate(frame=frame, job=job, ordinal=0, engine=engine, recipe=recipe)


def _of_the_motion(project: Project, job: Job, frames: list[Frame]) -> Iterator[Candidate]:
    """One per frame and track; a track is one recipe, and k = 0 is the canonical one."""
    canonical = read_recipe(project.recipe)
    engine = engine_for(project.matte, project.source.ground)
    tracks = [variation(canonical, k, track_seed(project.pk)).to_json() for k in range(project.candidates)]
    for frame in frames:
        for ordinal, recipe in enumerate(tracks):
            yield Candidate(
                frame=frame, job=job, ordinal=ordinal, prompt=project.prompt, engine=engine, recipe=recipe
            )


def track_seed(project_id: UUID) -> int:
    """The seed of a project's variations: its own, and the same each time."""
    return project_id.int % 2**31


def _motion_fields(motion: Motion) -> dict[str, Any]:
    return {
        "preset": motion.preset,
        "prompt": motion.prompt,
        "understood_as": motion.understood_as,
        "recipe": motion.recipe,
        "notes": with_note((), WORDS, motion.note),
    }
