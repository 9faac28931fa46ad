"""Check words, recipe and template while they are typed."""

from __future__ import annotations

import json
from typing import Final, TypedDict

from animations.motion.language.prompt import TemplateError, render_prompt
from animations.motion.language.reader import parse_motion
from animations.motion.recipe import RecipeError, read_recipe

NO_KNOWN_MOTION = "no motion that we know"
EXAMPLE: Final = {"style": "glossy 3D", "subject": "a round orange fox"}
"""Sample values of the template's fields that only a project can fill."""


class ReadingPayload(TypedDict):
    """The answer to what stands in the form."""

    understood_as: str
    unknown: list[str]
    notes: list[str]
    """Sentences on what was guessed and what can be had only in part."""
    differs: str
    """A sentence if the recipe in the form is another than the words say; "" where it agrees, or cannot be read."""
    recipe: str | None
    """Indented JSON, ready for the form; None when the words name no motion."""
    example: str
    template_error: str


def reading_payload(words: str, template: str, drawn: str = "") -> ReadingPayload:
    """Return how `words` are understood, and the `template` filled with them (or what is wrong with it).

    `drawn` is the JSON of the recipe in the form.
    """
    reading = parse_motion(words)
    example, error = fill_example(template, words)
    recipe = json.dumps(reading.recipe.to_json(), indent=2, ensure_ascii=False) if reading.recipe else None
    return {
        "understood_as": reading.understood_as if reading.recipe else NO_KNOWN_MOTION,
        "unknown": list(reading.unknown),
        "notes": [note for note in reading.notes if note not in reading.understood_as],
        "differs": recipe_difference(reading.recipe.label, _decoded(drawn)) if reading.recipe else "",
        "recipe": recipe,
        "example": example,
        "template_error": error,
    }


def recipe_difference(said: str, drawn: object) -> str:
    """Return a sentence if the recipe `drawn` (JSON) is another than the words `said`; else an empty string."""
    label = recipe_label(drawn)
    return "" if label in (said, None) else f"The recipe is “{label}”."


def recipe_label(recipe: object) -> str | None:
    """Return a recipe (JSON) in words; None for one that is not valid."""
    try:
        return read_recipe(recipe).label
    except RecipeError:
        return None


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def fill_example(template: str, words: str) -> tuple[str, str]:
    """Return the filled template and an empty string, or an empty string and what is wrong with the template."""
    try:
        return render_prompt(template, motion=words or "bounce", **EXAMPLE), ""
    except TemplateError as error:
        return "", str(error)
