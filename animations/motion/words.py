"""English words: tokens, inflections and near misses."""

import re
import unicodedata
from functools import cache

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,;.&+/]|\S")
_JOINTS = ",;.&+/"
_VOWELS = "aeiou"


def tokens(text: str) -> list[str]:
    """Lower-case words, joints (, ; . & + /) and symbols of `text`; hyphens part words, other marks are dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return [found for found in _TOKEN.findall(plain) if _means_something(found)]


@cache
def inflected(word: str) -> frozenset[str]:
    """A verb's or noun's regular forms: bounce → bounces, bounced, bouncing, bouncy."""
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    if _doubles(word):
        stem = word + word[-1]
    forms = {word, f"{word}s", f"{stem}ed", f"{stem}ing", f"{stem}y"}
    if word.endswith(("s", "sh", "ch", "x", "z")):
        forms.add(f"{word}es")
    if word.endswith("y") and word[-2] not in _VOWELS:
        forms |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    return frozenset(forms)


def near(word: str, other: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes `word` of `other`."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    rest, others = word[start:], other[start:]
    return (
        rest[1:] == others
        or rest == others[1:]
        or rest[1:] == others[1:]
        or (rest[:2] == others[:2][::-1] and rest[2:] == others[2:])
    )


def _doubles(word: str) -> bool:
    """A short word that ends in one vowel and one consonant doubles it: spin, spinning."""
    return (
        3 <= len(word) <= 5
        and word[-1] not in _VOWELS + "wxy"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
        and sum(letter in _VOWELS for letter in word) == 1
    )


def _means_something(found: str) -> bool:
    return found in _JOINTS or found[0].isalnum() or unicodedata.category(found)[0] == "S"
