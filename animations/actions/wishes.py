"""From a preset or typed words to a motion that can be drawn, or a refusal that names what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from animations.actions.errors import ActionError
from animations.models import Preset
from animations.motion.reader import read
from animations.motion.recipe import Recipe, read_recipe


@dataclass(frozen=True, slots=True)
class Motion:
    """What is to be drawn. `recipe` is `animations.motion.recipe` JSON; `tempo` stretches each frame's time."""

    preset: Preset | None
    prompt: str
    understood_as: str
    recipe: dict[str, Any]
    tempo: float


def choose_motion(preset: str | None, prompt: str | None) -> Motion:
    """The motion of a preset's slug or of typed words; with neither, the first preset.

    Raises `ActionError` for both at once, for an unknown preset, and for words that name no motion.
    """
    if preset and prompt:
        raise ActionError("invalid", "Choose a preset or describe a motion, not both.", "prompt")
    if prompt:
        return from_words(prompt)
    row = Preset.objects.active().filter(**({"slug": preset} if preset else {})).first()
    if row is None and preset:
        raise ActionError("does_not_exist", f"There is no preset “{preset}”.", "preset")
    if row is None:
        raise ActionError("required", "Choose a preset or describe a motion.", "prompt")
    recipe = read_recipe(row.recipe)
    return Motion(row, "", recipe.label, recipe.to_json(), recipe.tempo)


def from_words(words: str, base: Recipe | None = None) -> Motion:
    """Typed words; those that name no motion ("higher") change `base`, where there is one.

    Raises `ActionError` that names what was not understood.
    """
    reading = read(words, base)
    if reading.recipe is None:
        named = ", ".join(f"“{word}”" for word in reading.unknown[:5])
        hint = "Try “subtle bounce”, “slow zoom” or “wobble twice”."
        raise ActionError("not_understood", f"No motion was found in {named or 'these words'}. {hint}", "prompt")
    return Motion(None, words, reading.understood_as, reading.recipe.to_json(), reading.recipe.tempo)
