"""Plan a generation: which generator makes it, the project's columns for it, and the moments of a clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from animations.actions.engines import check_background
from animations.actions.errors import ActionError
from animations.actions.plan.motions import Motion, choose_motion
from animations.actions.plan.options import OF_A_CLIP, GenerateOptions
from animations.matte.engines import AUTO
from animations.models import Preset, Project, Source
from animations.models.project import Note, with_note
from animations.motion.sampling import MAX_LOOP_MS, USUAL_FRAMES, CannotSample, Moment, longest_stay, sample

NO_MOTION: Final[dict[str, Any]] = {"preset": None, "prompt": "", "understood_as": "", "recipe": {}}
"""A clip moves by itself."""
WORDS: Final = "words"
"""The code of the note on words that could not be followed to the letter."""
SHORTENED: Final = (
    "Pictures that stay longer than {0:.2f} s in this clip are shown for {0:.2f} s, so that the loop lasts at most"
    f" {MAX_LOOP_MS // 1000} s. Choose a part of the clip to keep its own timing."
)


@dataclass(frozen=True, slots=True)
class GenerationPlan:
    """The project's columns for a generation, and the moments of a clip that become its frames."""

    columns: dict[str, Any]
    moments: Sequence[Moment] = ()

    def fits(self, project: Project) -> bool:
        """Return whether the project has these columns already; its notes follow from the others."""
        chosen = {name: value for name, value in self.columns.items() if name != "notes"}
        return all(_plain(getattr(project, name)) == _plain(value) for name, value in chosen.items())


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Preset) else value


def plan_generation(
    source: Source, options: GenerateOptions, motion: Motion | None, project: Project | None = None
) -> GenerationPlan:
    """Plan a generation of `source` with these options and motion, on top of what the `project` has.

    Raises `ActionError` for what cannot be made.
    """
    columns = options.columns()
    generator = _choose_generator(source, options, motion, project)
    if generator == Project.Generator.CLIP:
        return _plan_clip(source, columns | NO_MOTION | {"generator": generator}, project)
    check_background(source, columns.get("matte", project.matte if project else AUTO))
    for name in OF_A_CLIP if source.kind != Source.Kind.CLIP else ():
        columns.pop(name, None)
    return GenerationPlan(columns | {"generator": generator} | _motion_columns(motion, project))


def _choose_generator(
    source: Source, options: GenerateOptions, motion: Motion | None, project: Project | None
) -> str:
    """Choose what makes the frames: a clip moves by itself unless a motion is wanted, a picture is always drawn."""
    if source.kind != Source.Kind.CLIP:
        if options.generator == Project.Generator.CLIP:
            raise ActionError("invalid", "This is a picture: only a clip moves by itself.", "generator")
        return options.generator or (project.generator if project else Project.Generator.AUTO)
    if options.generator == Project.Generator.CLIP and motion:
        detail = "A clip keeps its own motion. Leave the words and the preset out, or choose another generator."
        raise ActionError("invalid", detail, "generator")
    if options.generator not in (None, Project.Generator.AUTO):
        return str(options.generator)
    if motion:
        return Project.Generator.PROCEDURAL
    return project.generator if project and options.generator is None else Project.Generator.CLIP


def _motion_columns(motion: Motion | None, project: Project | None) -> dict[str, Any]:
    if motion is None and project and project.recipe:  # the same words make it, with the note on them
        notes = [note for note in project.notes if note["code"] == WORDS]
        return {"notes": notes} if notes else {}
    motion = motion or choose_motion(None, None)
    return {
        "preset": motion.preset,
        "prompt": motion.prompt,
        "understood_as": motion.understood_as,
        "recipe": motion.recipe,
        "notes": with_note((), WORDS, motion.note),
    }


def _plan_clip(source: Source, columns: Mapping[str, Any], project: Project | None) -> GenerationPlan:
    """Plan one frame for each moment of the part of the clip; the time of each follows from the clip."""
    part = {name: columns.get(name, getattr(project, name) if project else None) for name in OF_A_CLIP}
    start_ms, end_ms, fps = part["clip_start_ms"] or 0, part["clip_end_ms"], part["clip_fps"]
    moments = _sample(source, start_ms, end_ms, fps, _most_frames(columns, project))
    least, most = Project.LIMITS["frame_ms"]
    mean = round(sum(moment.delay_ms for moment in moments) / len(moments))
    timing = {"frame_count": len(moments), "candidates": 1, "frame_ms": min(most, max(least, mean))}
    return GenerationPlan({**columns, **timing, "notes": list(_clip_notes(source, start_ms, end_ms))}, moments)


def _most_frames(columns: Mapping[str, Any], project: Project | None) -> int:
    """Return how many frames are wanted at most: a project whose part of the clip stays keeps those that it has."""
    if "frame_count" in columns:
        return int(columns["frame_count"])
    is_kept = (
        project is not None and project.generator == Project.Generator.CLIP and not columns.keys() & {*OF_A_CLIP}
    )
    return project.frame_count if project and is_kept else USUAL_FRAMES


def _clip_notes(source: Source, start_ms: int, end_ms: int | None) -> Iterator[Note]:
    """Note what is done to a clip whose end is left open."""
    longest = longest_stay(source.clip_times_ms, source.clip_ms or 0, start_ms) if end_ms is None else None
    if longest is not None:
        yield {"code": "clip_shortened", "text": SHORTENED.format(longest / 1000)}


def _sample(source: Source, start_ms: int, end_ms: int | None, fps: int | None, most: int) -> list[Moment]:
    try:
        return sample(source.clip_times_ms, source.clip_ms or 0, start_ms, end_ms, fps, most)
    except CannotSample as error:
        raise ActionError("invalid", error.message, f"clip_{error.field}") from None
