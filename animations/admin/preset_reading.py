"""What the form says about words and templates while they are typed."""

from __future__ import annotations

import json
from typing import Final, TypedDict

from animations.motion.prompt import TemplateError, render_prompt
from animations.motion.reader import read

NOTHING = "no motion that we know"
EXAMPLE: Final = {"style": "glossy 3D", "subject": "a round orange fox"}
"""What stands in the example for what only a project knows."""


class ReadingPayload(TypedDict):
    understood_as: str
    unknown: list[str]
    recipe: str | None
    """Indented JSON, ready for the form; None when the words name no motion."""
    example: str
    template_error: str


def reading_payload(words: str, template: str) -> ReadingPayload:
    """How `words` are understood, and the `template` filled with them (or what is wrong with it)."""
    reading = read(words)
    example, error = example_of(template, words)
    recipe = json.dumps(reading.recipe.to_json(), indent=2, ensure_ascii=False) if reading.recipe else None
    return {
        "understood_as": reading.understood_as if reading.recipe else NOTHING,
        "unknown": list(reading.unknown),
        "recipe": recipe,
        "example": example,
        "template_error": error,
    }


def example_of(template: str, words: str) -> tuple[str, str]:
    """The template filled in, and an empty string; or an empty string and what is wrong with it."""
    try:
        return render_prompt(template, motion=words or "bounce", **EXAMPLE), ""
    except TemplateError as error:
        return "", str(error)
