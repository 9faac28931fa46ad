"""Slips of a finger: words that are one letter away from exactly one meaning, and are no words themselves."""

import itertools
import re
from functools import cache
from typing import Final

from animations.motion.language.lexicon import Sense, senses
from animations.motion.language.tokens import is_typo_of

_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
"""A letter three times or more in a row: no English word has one."""
_MOST_DRAWN_OUT: Final = 4
_MIN_LETTERS = {"motion": 5, "intensity": 6, "tempo": 6}

# Words of people's vocabulary (English, and a few of its neighbours) that stand one slip from a word we know. Found
# by reading the commonest words of seven languages; whoever types one of them means it.
_ORDINARY = (
    "saying father parts sales agreed sides hoping shoes singing sight hoped titled sunny ripped grove sided sings "
    "tuned violet dolls busted flats cured greed slipping tuning willy discs ripping wraps hoover viola barley "
    "siding dripping waived busting parted groves exited parting rotting treble gilded sipping curing juggling danes "
    "waged peeing booing sippy circe beatty turing peking busts lager revel busty loner shank waging milly sinned "
    "rubles stringer sores sprinting "
    "snapper tiled shanks slimming sakes sifting tiling flopping seedy peres rotted revels bounding fattening waring "
    "inane sinning sprinted sappy shins sipped spiny ruble sayed drooping gilding midler miler singed sifted grater "
    "shied fatten skidding betas bongs ratty bogie pluses dolled sated sprig sprigs snaked snaking binging binks "
    "gente brust sohnes futter glied ratte luder gilde partis louer tendre briser loger volent flots tener partes "
    "revela pides prese intende celebrare rotte moest slimme lading lening lullig vilas nervos "
    "sounding rounding"
)


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(_ORDINARY.split())


def correct_spelling(words: list[str], corrected: dict[str, str]) -> dict[str, Sense]:
    """Add to the lexicon the words that are one slip away from exactly one meaning; `corrected` says which is which.

    So are words that are drawn out: "sooo" is "so", and "boooounce" is "bounce".

    A motion is guessed only where no word names one: "a shape that shakes" has no slip in "shape". Words with letters
    of other alphabets and accents are never guessed.
    """
    known = dict(senses())
    named = any(sense.kind == "motion" for word in words if (sense := known.get(word)))
    for word in dict.fromkeys(words):
        if word in known or word in _ordinary() or not (word.isascii() and word.isalpha()):
            continue
        close = _without_drawn_out_letters(word) or _close(word, motions=not named)
        if len(set(close.values())) == 1:
            corrected[word] = min(close, key=len)
            known[word] = close[corrected[word]]
    return known


def _without_drawn_out_letters(word: str) -> dict[str, Sense]:
    parts = _DRAWN_OUT.split(word)
    letters = parts[1::2]
    if not 0 < len(letters) <= _MOST_DRAWN_OUT:
        return {}
    plain = ("".join(_woven(parts[::2], drawn)) for drawn in itertools.product(*((one, one * 2) for one in letters)))
    return {other: sense for other in plain if (sense := senses().get(other))}


def _woven(parts: list[str], between: tuple[str, ...]) -> list[str]:
    return [text for pair in itertools.zip_longest(parts, between, fillvalue="") for text in pair]


def _close(word: str, *, motions: bool) -> dict[str, Sense]:
    kinds = [kind for kind, least in _MIN_LETTERS.items() if len(word) >= least and (motions or kind != "motion")]
    return {
        other: sense
        for other, sense in senses().items()
        if sense.kind in kinds and len(other) >= _MIN_LETTERS[sense.kind] and is_typo_of(word, other)
    }
