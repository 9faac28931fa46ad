"""Translate a motion in words, as "subtle bounce and slow zoom, without shaking (“sping” read as “spin”)"."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, gettext

from animations.motion.motion_def import ANCHORS
from animations.motion.recipe import INTENSITIES, PACES
from animations.motion.vocabulary import MOTIONS
from animations.translation.texts import translated

ORDER: Final = "{intensity} {pace} {motion} {toward} {far} {times} {about}"
"""The words about one motion. A translation puts them in the order of its language."""
_NOTES: Final = re.compile(r"(?P<motions>.*?)(?: \((?P<notes>.*)\))?")


def translated_motion(text: str) -> str:
    """Translate how words were understood; what is not known stays English."""
    if not text or get_language() == settings.LANGUAGE_CODE:
        return text
    motions, notes = _split_notes(text)
    parts = [_joined(part) for part in motions.split(", ")]
    said = "; ".join(translated(note) for note in notes.split("; "))
    return ", ".join(parts) + (f" ({said})" if said else "")


def without_notes(text: str) -> str:
    """Return how words were understood, without what was guessed and what could be had only in part."""
    return _split_notes(text)[0]


def _split_notes(text: str) -> tuple[str, str]:
    found = _NOTES.fullmatch(text)
    assert found
    return found["motions"], found["notes"] or ""


def _joined(part: str) -> str:
    """Translate phrases that are joined by "and", unless they are one text together."""
    return ", ".join(_phrase(each) for each in part.split(" and "))


def _phrase(phrase: str) -> str:
    found = _pattern().fullmatch(phrase)
    if found is None:
        return translated(phrase)
    words = {name: translated(word or "") for name, word in found.groupdict().items()}
    return " ".join(gettext(ORDER).format(**words).split())


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of one motion in words (`Recipe.label`)."""
    labels = {motion.label for motion in MOTIONS.values()}
    ways = {way for motion in MOTIONS.values() for way in motion.directions}
    return re.compile(
        _optional("intensity", {word for _, _, word in INTENSITIES}, after=" ")
        + _optional("pace", {word for _, _, word in PACES}, after=" ")
        + f"(?P<motion>{_any_of(labels)})"
        + _optional("toward", {f"to the {way}" for way in ("left", "right")} | ways, before=" ")
        + r"(?: (?P<far>\S+ degrees))?(?: (?P<times>twice|\d+ times))?"
        + _optional("about", {f"around the {anchor}" for anchor in ANCHORS}, before=" ")
    )


def _optional(name: str, words: set[str], *, before: str = "", after: str = "") -> str:
    return f"(?:{before}(?P<{name}>{_any_of(words - {''})}){after})?"


def _any_of(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
