"""Read the motions of a set: slugs of presets, or words, one for each emoji."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from animations.actions.errors import ActionError
from animations.actions.plan.motions import Motion, choose_motion
from animations.actions.plan.options import GenerateOptions
from animations.models import EmojiSet, Preset, Project

ATTR = "motions"


def split_lines(texts: Sequence[str]) -> list[str]:
    """Return the motions in these texts, one a line, each once."""
    lines = (" ".join(line.split()) for text in texts for line in text.splitlines())
    return list(dict.fromkeys(filter(None, lines)))


def read_motions(motions: Sequence[str], options: GenerateOptions) -> list[tuple[GenerateOptions, Motion]]:
    """Return the options of each emoji, with its motion.

    Raises `ActionError` that names the first motion which is none, and for too few or too many.
    """
    check_size(len(motions), ATTR)
    if options.preset or options.prompt:
        raise ActionError("invalid", "Name the motions of a set in “motions” alone.", ATTR)
    presets = set(Preset.objects.active().filter(slug__in=motions).values_list("slug", flat=True))
    return list(_read_each(motions, presets, options))


def _read_each(
    motions: Sequence[str], presets: set[str], options: GenerateOptions
) -> Iterator[tuple[GenerateOptions, Motion]]:
    for index, text in enumerate(motions):
        preset, prompt = (text, None) if text in presets else (None, text)
        if len(text) > Project.PROMPT_LENGTH:
            detail = f"A motion has at most {Project.PROMPT_LENGTH} characters."
            raise ActionError("max_length", detail, f"{ATTR}.{index}")
        try:
            motion = choose_motion(preset, prompt)
        except ActionError as error:
            raise ActionError(error.code, error.detail, f"{ATTR}.{index}", error.status) from None
        yield replace(options, name=None, preset=preset, prompt=prompt), motion


def check_size(count: int, attr: str) -> None:
    """Raise `ActionError` for a new set of too few or too many emojis."""
    least, most = EmojiSet.SIZE
    if not least <= count <= most:
        raise ActionError("invalid", f"A set has {least} to {most} emojis.", attr)
