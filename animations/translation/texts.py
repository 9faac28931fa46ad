"""Translate texts of the product by their English, which is the key, whether they have values in them or not.

A text with values ("This clip is 5000×2000 px; …") is found by its template, of which `templates.txt` lists all
(`make messages` collects them from the code). Values that are texts themselves are translated, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, gettext

TEMPLATES: Final = Path(__file__).parent / "templates.txt"
_PLACE: Final = re.compile(r"\{(\w*)(?:[:.!\[][^}]*)?\}")
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=[.!?…]) (?=[A-Z“])")


def translated(text: str) -> str:
    """Translate a text into the active language; one that is not known stays English."""
    language = get_language() or settings.LANGUAGE_CODE
    return text if not text or language == settings.LANGUAGE_CODE else _in_language(language, text)


@lru_cache(maxsize=2_000)
def _in_language(_language: str, text: str) -> str:
    """Translate a text as a whole, by its template, or sentence by sentence."""
    if (whole := gettext(text)) != text:
        return whole
    for template, pattern in _templates():
        if found := pattern.fullmatch(text):
            return filled(gettext(template), _values(template, found), template)
    sentences = _BETWEEN_SENTENCES.split(text)
    return " ".join(translated(each) for each in sentences) if len(sentences) > 1 else text


def _values(template: str, found: re.Match[str]) -> list[str]:
    """Return the values, translated but for those in quotation marks, which are somebody's own words."""
    before = _PLACE.split(template)[::2]
    return [
        value if words.endswith("“") else translated(value)
        for words, value in zip(before, found.groups(), strict=False)
    ]


def filled(translation: str, values: list[str], template: str) -> str:
    """Put values, which stand in the order of the template's places, into the same places of its translation."""
    names = [place or str(at) for at, place in enumerate(_PLACE.findall(template))]
    by_name = dict(zip(names, values, strict=True))
    unnamed = iter(values)
    return _PLACE.sub(lambda place: by_name[place[1]] if place[1] else next(unnamed), translation)


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    """Return the templates, those with the most words first, each with the pattern of its texts."""
    lines = [line for line in TEMPLATES.read_text().splitlines() if line]
    by_length: Callable[[str], int] = lambda line: -len(_PLACE.sub("", line))  # noqa: E731
    return [(line, _pattern(line)) for line in sorted(lines, key=by_length)]


def _pattern(template: str) -> re.Pattern[str]:
    words = _PLACE.split(template)[::2]
    return re.compile("(.*?)".join(re.escape(part) for part in words), re.DOTALL)
