"""Choose a motion by a preset or by words, or refuse and name what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from animations.actions.errors import ActionError
from animations.actions.plan.options import GenerateOptions
from animations.models import Preset, Project
from animations.motion.language.reader import Reading, parse_motion
from animations.motion.recipe import Recipe, read_recipe


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion and where it comes from. `recipe` is the JSON of `animations.motion.recipe`."""

    preset: Preset | None
    prompt: str
    understood_as: str
    recipe: dict[str, Any]
    note: str = ""
    """In sentences, which of the words could not be followed to the letter."""


def read_motion(options: GenerateOptions) -> Motion | None:
    """Return the motion that the options name, or None where they name none. Raises as `choose_motion`."""
    return choose_motion(options.preset, options.prompt) if options.preset or options.prompt else None


def choose_motion(preset: str | None, prompt: str | None) -> Motion:
    """Return the motion of a preset's slug or of typed words; with neither, of the first preset.

    Raises `ActionError` for both at once, for an unknown preset, and for words that name no motion.
    """
    if preset and prompt:
        raise ActionError("invalid", "Choose a preset or describe a motion, not both.", "prompt")
    if prompt:
        return motion_from_words(prompt)
    row = Preset.objects.active().filter(**({"slug": preset} if preset else {})).first()
    if row is None and preset:
        raise ActionError("does_not_exist", f"There is no preset “{preset}”.", "preset")
    if row is None:
        raise ActionError("required", "Choose a preset or describe a motion.", "prompt")
    recipe = read_recipe(row.recipe)
    return Motion(row, "", recipe.label, recipe.to_json())


def motion_from_words(words: str, base: Recipe | None = None) -> Motion:
    """Return the motion of typed words; comparisons, and words without a motion ("higher"), change `base`.

    Raises `ActionError` that names what was not understood.
    """
    reading = read_words(words, base)
    if reading.recipe is None:
        named = ", ".join(f"“{word}”" for word in reading.unknown[:5])
        hint = " ".join(reading.notes) or "Try “subtle bounce”, “slow zoom” or “wobble twice”."
        raise ActionError("not_understood", f"No motion was found in {named or 'these words'}. {hint}", "prompt")
    understood_as = reading.understood_as[: Project.PROMPT_LENGTH]
    return Motion(None, words, understood_as, reading.recipe.to_json(), _note(reading))


def read_words(words: str, base: Recipe | None = None) -> Reading:
    """Read words; one that names no motion may be a preset's tag, and then it means that preset's motion."""
    reading = parse_motion(words, base)
    return parse_motion(words, base, _tags()) if reading.unknown or reading.recipe is None else reading


def _note(reading: Reading) -> str:
    hints = [note for note in reading.notes if note not in reading.understood_as]
    if not reading.unknown and not hints:
        return ""
    left = ", ".join(f"“{word}”" for word in reading.unknown)
    said = [f"Your words were understood as {reading.understood_as}.", f"Left out: {left}." if left else "", *hints]
    return " ".join(sentence for sentence in said if sentence)


def _tags() -> dict[str, str]:
    """Return the published presets' tags with their motions in words; of a tag on several, the first preset's."""
    tags: dict[str, str] = {}
    for preset in Preset.objects.active():
        label = read_recipe(preset.recipe).label
        for tag in preset.tags:
            tags.setdefault(tag.casefold(), label)
    return tags
