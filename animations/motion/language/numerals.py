"""Numbers that are written out: "one hundred and eighty", "forty-five", "three sixty", "two and a half"."""

import re
import unicodedata
from collections.abc import Iterator

from animations.motion.language.tokens import number_of

_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
ONES = {word: number for number, word in enumerate(_SMALL.split(), 1)}
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * number for number, word in enumerate(_DECADES.split(), 2)}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25}
_COUNTED = ("x", "turn", "degree", "percent", "%", "°")
_MIXED = re.compile(r"(\d+) ?([¼½¾⅓⅔])")
_MAX_PLAIN = 12
"""Of a word that stands alone: it is left as it is, for "one time" and its like."""


def expand_mixed_numbers(text: str) -> str:
    """Write "1.5" for "1½", which is 11/2 to all that reads on."""
    return _MIXED.sub(lambda found: f"{int(found[1]) + unicodedata.numeric(found[2]):.9g}", text)


def words_to_digits(words: list[str]) -> list[str]:
    """Write numbers of several words, and those above twelve, in digits."""
    return list(_words_to_digits(words))


def _words_to_digits(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        length, number = _number(words, at)
        share = _share(words, at + length) if length else 0.0
        if share or number > _MAX_PLAIN:
            yield words[at] if number_of(words[at]) and not share else f"{number + share:.9g}"
        else:
            yield from words[at : at + max(1, length)]
        at += max(1, length) + 3 * bool(share)


def _number(words: list[str], at: int) -> tuple[int, float]:
    """Return the number of words of a number, and its value; (0, 0) where none stands."""
    length, number = _below_hundred(words, at)
    head = 1 if words[at] == "a" else number
    if 1 <= head <= len(ONES) and words[at + 1 : at + 2] == ["hundred"]:
        rest = at + 2 + (words[at + 2 : at + 3] == ["and"])
        more, below = _below_hundred(words, rest)
        return (rest + more - at if more else 2), 100 * head + below
    if length == 1 and number < 10 and words[at + 1 : at + 2] and words[at + 1] in _TENS:  # "three sixty"
        more, below = _below_hundred(words, at + 1)
        return 1 + more, 100 * number + below
    if not length and (digits := number_of(words[at])) and digits == int(digits):
        return 1, digits
    return length, number


def _below_hundred(words: list[str], at: int) -> tuple[int, int]:
    word, following = [*words[at : at + 2], "", ""][:2]
    if word in _TENS:
        ones = ONES.get(following, 0)
        return (2, _TENS[word] + ones) if 0 < ones < 10 else (1, _TENS[word])
    return (1, ONES[word]) if word in ONES else (0, 0)


def _share(words: list[str], at: int) -> float:
    """Return the share that "and a half" adds, where it stands before what is counted or at the end; else 0."""
    if words[at : at + 2] != ["and", "a"] or at + 2 >= len(words):
        return 0.0
    counted = words[at + 3] if at + 3 < len(words) else ""
    follows = not counted or counted in _COUNTED or counted.endswith("s")
    return _SHARES.get(words[at + 2], 0.0) if follows else 0.0
