"""The letters in which a caption can be written: those of the font that comes with the product."""

from __future__ import annotations

import unicodedata
from typing import Final

SCRIPTS: Final = "Latin, Greek, Cyrillic, Korean and Japanese kana"
RANGES: Final = (
    (0x20, 0x7E),
    (0xA0, 0x148),
    (0x14A, 0x17F),
    (0x386, 0x386),
    (0x388, 0x38A),
    (0x38C, 0x38C),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x48A, 0x49D),
    (0x4A0, 0x4FF),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2027),
    (0x20AC, 0x20AC),
    (0x3041, 0x3094),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FC),
    (0x3131, 0x3163),
    (0xAC00, 0xD7A3),
)
"""The first and the last code point of each run; the font has all of them."""


def clean_caption(text: str) -> str:
    """Return `text` in one line, with letters and accents composed where Unicode has one character for both."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def missing_letters(text: str) -> str:
    """Return the characters of `text` that a caption cannot show, each once."""
    return "".join(dict.fromkeys(letter for letter in text if not _is_drawn(ord(letter))))


def _is_drawn(code: int) -> bool:
    return any(first <= code <= last for first, last in RANGES)
