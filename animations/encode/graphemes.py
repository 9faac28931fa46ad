"""Texts cut between what people see as letters (grapheme clusters: Unicode Standard Annex 29)."""

import unicodedata
from typing import Final

JOINER: Final = "\u200d"
"""Zero-width joiner: a family is several emoji with this between them."""


def truncate(text: str, length: int) -> str:
    """Return at most `length` characters of `text`, not ending within an emoji or an accented letter."""
    end = min(length, len(text))
    while 0 < end < len(text) and _continues(text[end - 1], text[end]):
        end -= 1
    return text[:end].strip()


def _continues(before: str, letter: str) -> bool:
    """Return whether `letter` is drawn as part of the one before it (mostly: marks, joiners, skin tones)."""
    is_tone = "\U0001f3fb" <= letter <= "\U0001f3ff"
    return before == JOINER or letter == JOINER or is_tone or unicodedata.category(letter).startswith("M")
