"""English words and numbers: tokens, values, inflections and near misses."""

import re
import unicodedata
from functools import cache

_JOINTS = ",;.&+/"
_SYMBOLS = "%°"
_VOWELS = "aeiou"
_AMOUNT = r"(?:\d++(?:[.,]\d++)?+|\.\d++)(?:[/⁄]\d++)?+"
# A number may carry its unit (2x, 90deg, 0.5s). "3d" and "2nd" are words, no numbers.
_ATTACHED = "x|times|fold|s|secs?|seconds?|ms|mins?|fps|frames?|px|pixels?|hz|bpm|degs?|degrees?|pct|percent"
_TOKEN = re.compile(
    rf"(?<![\w.])(?:(?<!\S)-)?{_AMOUNT}(?:[-–]{_AMOUNT})?(?=(?:{_ATTACHED})?(?![^\W_]))"
    rf"|(?<!\w)x(?={_AMOUNT}(?!\w))|(?<=x){_AMOUNT}(?!\w)"
    rf"|(?<![\w.]){_AMOUNT}[^\W\d_]\w*"
    r"|[^\W_]+(?:['’][^\W_]+)*|[,;.&+/]|\S"
)
_VALUE = re.compile(r"(-?)(\d{1,9}(?:[.,]\d{1,9})?|\.\d{1,9})(?:[/⁄](\d{1,9}))?")
_THOUSANDS = re.compile(r"\d{1,3},\d{3}")
# Neighbours on a keyboard, row by row; a letter typed for another is mostly one of these.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def tokenize(text: str) -> list[str]:
    """Split `text` into lower-case words, numbers, joints (, ; . & + /) and symbols (% °).

    Hyphens part words, other marks are dropped. A number is a token of its own, without its unit ("1.5x" is "1.5" and
    "x", "-90°" is "-90" and "°"); "2-3" is one token that has no value.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate({0x2019: "'", 0xD7: "x", 0x2212: "-"})
    return [found for found in _TOKEN.findall(plain) if _means_something(found)]


def number_of(token: str) -> float | None:
    """Return the number of a token ("2", "1.5", "1,5", ".5", "1,000", "1/2", "-90"), None for anything else.

    Only fractions below 1 are numbers: "24/7" is a way of speaking.
    """
    found = _VALUE.fullmatch(token)
    if found is None:
        return None
    sign, digits, below = found.groups()
    plain = digits.replace(",", "" if _THOUSANDS.fullmatch(digits) else ".")
    if below is not None and not float(plain) < int(below):
        return None
    return float(plain) / int(below or 1) * (-1 if sign else 1)


def is_number(token: str) -> bool:
    """Return whether a token is written in digits, as a value or as a range."""
    return token.lstrip("-.")[:1].isdecimal()


@cache
def inflect(word: str) -> frozenset[str]:
    """Return a verb's or noun's regular forms: bounce → bounces, bounced, bouncing, bouncy."""
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    if _doubles(word):
        stem = word + word[-1]
    forms = {word, f"{word}s", f"{stem}ed", f"{stem}ing", f"{stem}y"}
    if word.endswith(("s", "sh", "ch", "x", "z")):
        forms.add(f"{word}es")
    if word.endswith("y") and word[-2] not in _VOWELS:
        forms |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    return frozenset(forms)


def is_typo_of(word: str, other: str) -> bool:
    """Return whether one slip of a finger makes `word` of `other`.

    A slip is two neighbours swapped, a letter left out or typed twice, or, in long words, a key beside the right one.
    The first letter stands, and the last but where two are swapped: people look at those, and where they differ it is
    mostly another word. So are any other letter ("happy" for "hoppy") and one that was put in ("place" for "pace").
    """
    if word == other or word[:1] != other[:1] or abs(len(word) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    rest, others = word[start:], other[start:]
    if len(word) == len(other) and rest[:2] == others[:2][::-1] and rest[2:] == others[2:]:
        return len(word) >= 6 or len(rest) > 2
    if word[-1] != other[-1]:
        return False
    if len(word) < len(other):
        return rest == others[1:]
    if len(word) > len(other):
        return rest[1:] == others and rest[0] == word[start - 1]
    return len(word) >= 8 and rest[1:] == others[1:] and _beside(rest[0], others[0])


def _beside(letter: str, other: str) -> bool:
    places = {key: (row, at) for row, keys in enumerate(_ROWS) for at, key in enumerate(keys)}
    if letter not in places or other not in places:
        return False
    (row, at), (other_row, other_at) = places[letter], places[other]
    return abs(row - other_row) <= 1 and abs(at - other_at + (row - other_row) / 2) <= 1


def _doubles(word: str) -> bool:
    """Return whether a word doubles its last letter: short ones in one vowel and one consonant do, as spin."""
    return (
        3 <= len(word) <= 5
        and word[-1] not in _VOWELS + "wxy"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
        and sum(letter in _VOWELS for letter in word) == 1
    )


def _means_something(found: str) -> bool:
    return found in _JOINTS + _SYMBOLS or found.lstrip("-.")[:1].isalnum() or unicodedata.category(found)[0] == "S"
