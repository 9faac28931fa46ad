"""Texts as people see them, letter by letter (grapheme clusters: Unicode Standard Annex 29), and which are emoji."""

import re
import unicodedata
from typing import Final

JOINER: Final = "\u200d"
"""Zero-width joiner: a family is several emoji with this between them."""
_BLOCKS: Final = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff"
_PICTURE: Final = f"[{_BLOCKS}\u2934\u2935©®‼⁉™ℹⓂ〰〽㊗㊙]"
_PERSON: Final = rf"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007f]+)?"
_FLAG: Final = "[\U0001f1e6-\U0001f1ff]{2}"
_EMOJI: Final = re.compile(rf"{_FLAG}|[0-9#*]\ufe0f?\u20e3|{_PERSON}(?:{JOINER}{_PERSON})*")
"""Emoji sequences of Unicode Technical Standard 51, in the blocks that hold them."""


def is_emoji(text: str) -> bool:
    """Return whether `text` is one emoji: a picture, a flag, a keycap, or several that are drawn as one."""
    return _EMOJI.fullmatch(text) is not None


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
