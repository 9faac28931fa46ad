"""Numbers with what they count: "3 times", "50 %", "twice as fast", "90 degrees", "half a turn", "2 seconds".

A number is a count only where nothing else stands with it. One whose unit a recipe cannot hold is not understood.
"""

from dataclasses import dataclass
from typing import Literal

from animations.motion.language.lexicon import COMPARATIVES, FASTER, LESS, MORE, SLOWER, Sense, senses
from animations.motion.language.numerals import ONES
from animations.motion.language.tokens import is_number, number_of

_CARDINALS = {word: float(number) for word, number in ONES.items()}
_CARDINALS |= {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0, "million": 1e6}
_MULTIPLES = {
    **{"once": 1.0, "single": 1.0, "twice": 2.0, "double": 2.0, "doubled": 2.0, "thrice": 3.0, "triple": 3.0},
    **{"tripled": 3.0, "quadruple": 4.0, "half": 0.5, "third": 1 / 3, "quarter": 0.25, "full": 1.0},
}
_TIMES = ("x", "times", "time", "fold")
_PERCENT = ("%", "percent", "pct")
_DEGREES = ("°", "deg", "degs", "degree", "degrees")
_SECONDS = ("s", "sec", "secs", "second", "seconds", "ms", "millisecond", "milliseconds")
_MINUTES = ("min", "mins", "minute", "minutes")
_FRAMES = ("fps", "frame", "frames", "hz", "bpm")
_TIME_UNITS = _SECONDS + _MINUTES + _FRAMES
_LENGTHS = ("px", "pixel", "pixels")
_SPEED = ("speed", "speeds", "pace", "tempo", "velocity", "rate")
_SIZE = ("size", "height", "amplitude", "strength", "intensity", "width", "distance", "amount", "volume")
_MORE = ("increase", "raise", "boost")
_LESS = ("reduce", "decrease", "lessen")
_BETWEEN = ("the", "its", "it's", "of", "a", "an", "as", "normal", "usual", "original")
_TURNS = ("turn", "turns", "rotation", "rotations", "spin", "spins", "flip", "flips", "revolution", "revolutions")
_MIN_BARE_ANGLE, _BARE_STEP = 30, 15


@dataclass(frozen=True)
class _Amount:
    """A number, how many words say it, and whether it is bare, a multiple or a share."""

    value: float
    length: int
    kind: Literal["bare", "times", "percent"]
    letter: bool = False
    """Said with an x ("2x")."""


Found = tuple[int, Sense | None]
"""The number of words, and their meaning; None is not understood."""


def read_quantity(words: list[str], at: int) -> Found | None:
    """Return what the number at `words[at:]` means with its unit, or None where no number stands there.

    Counts have the name "bare" (a number alone), "x" ("2x") or "times"; the caller sees what they are about.
    """
    return _change(words, at) or _setting(words, at) or _measured(words, at)


def is_angle(count: float) -> bool:
    """Return whether a bare number beside a motion that turns means degrees: "180 flip", but "3 flips"."""
    return count >= _MIN_BARE_ANGLE and count % _BARE_STEP == 0


def is_time(words: str) -> bool:
    """Return whether words that were not understood are a time or a rate: "2 seconds", "12 fps"."""
    said = words.split()
    return said[-1] in _TIME_UNITS and any(_amount(said, at) for at in range(len(said)))


def _measured(words: list[str], at: int) -> Found | None:
    if is_number(words[at]) and words[at + 1 : at + 2] == ["to"] and is_number(" ".join(words[at + 2 : at + 3])):
        return 2 + _with_unit(words, at + 2), None
    amount = _amount(words, at)
    if amount is None:
        return (_with_unit(words, at), None) if is_number(words[at]) else None
    end = at + amount.length
    noun = next((i for i in range(end, min(end + 4, len(words))) if words[i] not in _BETWEEN), len(words))
    word, said = words[noun] if noun < len(words) else "", words[end:noun]
    if amount.kind != "percent" and noun == end and word in _DEGREES:
        return noun + 1 - at, Sense("angle", factor=amount.value) if amount.value else None
    if word in _TIME_UNITS + _LENGTHS and amount.kind != "percent":
        return noun + 1 - at, None
    if amount.value <= 0:
        return _with_unit(words, at), None
    if _turns_partly(amount, word, words[at]):
        return noun - at, Sense("angle", factor=360 * amount.value)
    return _compared(amount, word, said, noun + 1 - at) or _alone(words, at, amount)


def _compared(amount: _Amount, word: str, said: list[str], taken: int) -> Found | None:
    """Read an amount of what follows: "2x faster", "50 % bigger", "twice as high", "half the speed"."""
    if amount.kind == "bare" and "as" not in said:
        return None
    if word in _SPEED:
        return taken, _tempo(amount.value)
    if word in _SIZE or (word == "much" and "as" in said):
        return taken, _degree(amount.value)
    sense = senses().get(word)
    if sense is None or sense.kind not in ("intensity", "tempo"):
        return None
    if "as" in said:
        return taken, _scaled(sense, amount.value, share=False)
    if word in COMPARATIVES and not said:
        return taken, _scaled(sense, amount.value, share=amount.kind == "percent")
    return None


def _alone(words: list[str], at: int, amount: _Amount) -> Found:
    """Read a number that nothing follows which it could be about."""
    end = at + amount.length
    if amount.kind == "percent":
        return amount.length, _degree(amount.value)
    if end + 1 < len(words) and words[end] in ("per", "a", "each", "every") and words[end + 1] in _TIME_UNITS:
        return amount.length + 2, None
    if amount.length == 1 and is_number(words[at]) and _with_unit(words, at) > 1:
        return _with_unit(words, at), None
    if amount.value != int(amount.value):
        counted = amount.length > 1 and not amount.letter  # "2.5 times"
        return (amount.length, None) if counted else (amount.length, _degree(amount.value))
    name = "x" if amount.letter else amount.kind
    return amount.length, Sense("count", name, factor=amount.value, exact=True)


def _change(words: list[str], at: int) -> Found | None:
    """Read an amount of what stands before it: "faster by 50 %", "higher 2x", "reduce the speed by half"."""
    length, sense = _comparison(words, at)
    if sense is None:
        return None
    start = at + length
    by = start < len(words) and words[start] == "by"
    amount = _amount(words, start + by) if start + by < len(words) else None
    if amount is None or amount.kind == "bare" or amount.value <= 0:
        return (length, sense) if words[at] in _MORE + _LESS else None
    if not by and _compared(amount, *_next(words, start + amount.length), 1):
        return None  # "higher 2x faster": the amount is about what follows
    share = amount.kind == "percent" or (by and amount.value < 1)
    return length + by + amount.length, _scaled(sense, amount.value, share=share)


def _comparison(words: list[str], at: int) -> tuple[int, Sense | None]:
    """Read a comparison ("faster", "slow down", "increase the height"): its number of words, and what they change."""
    if words[at] in _MORE + _LESS:
        up = words[at] in _MORE
        noun = next((i for i in range(at + 1, min(at + 4, len(words))) if words[i] not in _BETWEEN), len(words))
        word = words[noun] if noun < len(words) else ""
        if word in _SPEED:
            return noun + 1 - at, Sense("tempo", factor=FASTER if up else SLOWER)
        return (noun + 1 - at if word in _SIZE else 1), Sense("intensity", factor=MORE if up else LESS)
    pair = senses().get(" ".join(words[at : at + 2]))
    if pair and pair.kind == "tempo":
        return 2, pair
    return 1, senses()[words[at]] if words[at] in COMPARATIVES else None


def _next(words: list[str], at: int) -> tuple[str, list[str]]:
    return (words[at] if at < len(words) else ""), []


def _setting(words: list[str], at: int) -> Found | None:
    """Read a speed that is said first: "speed 2x", "at a speed of 50 %", "at 2x"."""
    if words[at] not in (*_SPEED, "at"):
        return None
    start = at + 1
    while start < len(words) and words[start] in ("of", "to", "at", "is"):
        start += 1
    amount = _amount(words, start) if start < len(words) else None
    if amount is None or amount.value <= 0 or amount.kind == "bare":
        return None
    if words[at] == "at" and (amount.kind == "percent" or _compared(amount, *_next(words, start + amount.length), 1)):
        return None
    if words[at] == "at" and not amount.letter:
        return None
    return start + amount.length - at, _tempo(amount.value)


def _amount(words: list[str], at: int) -> _Amount | None:
    word = words[at]
    if word == "x" and at + 1 < len(words) and (number := number_of(words[at + 1])) is not None:
        return _Amount(number, 2, "times", letter=True)
    if word in _MULTIPLES and (word != "full" or " ".join(words[at + 1 : at + 2]) in _TURNS):
        return _Amount(_MULTIPLES[word], 1, "times")
    start = at + (word == "a" and " ".join(words[at + 1 : at + 2]) in ("dozen", "hundred", "thousand", "million"))
    number = number_of(words[start]) if words[start] not in _CARDINALS else _CARDINALS[words[start]]
    if number is None:
        return None
    length = start + 1 - at
    unit = words[start + 1] if start + 1 < len(words) else ""
    if unit in _PERCENT:
        return _Amount(number / 100, length + 1, "percent")
    if unit in _TIMES:
        return _Amount(number, length + 1, "times", letter=unit == "x")
    return _Amount(number, length, "bare" if number == int(number) else "times")


def _turns_partly(amount: _Amount, word: str, first: str) -> bool:
    """Return whether an amount is a share of a whole turn: "half a turn", "a full spin", "1.5 flips"."""
    if word not in _TURNS or amount.kind == "percent":
        return False
    return amount.value != int(amount.value) or first == "full"


def _with_unit(words: list[str], at: int) -> int:
    """Return how many words a number takes that is not understood: its unit, known or not, goes with it."""
    unit = words[at + 1] if at + 1 < len(words) else ""
    known = unit in _TIMES + _PERCENT + _DEGREES or unit in _TIME_UNITS + _LENGTHS
    strange = unit.isalpha() and unit not in senses() and unit not in _CARDINALS and unit not in _MULTIPLES
    return 2 if known or strange else 1


def _scaled(sense: Sense, number: float, *, share: bool) -> Sense | None:
    """Scale a comparative: `share` adds or takes that share ("50 % more"), else it multiplies ("2x")."""
    faster = sense.factor < 1 if sense.kind == "tempo" else sense.factor > 1
    ratio = (1 + number if faster else 1 - number) if share else (number if faster else 1 / number)
    return None if ratio <= 0 else _tempo(ratio) if sense.kind == "tempo" else _degree(ratio)


def _tempo(speed: float) -> Sense:
    return Sense("tempo", factor=1 / speed, exact=True)


def _degree(ratio: float) -> Sense:
    return Sense("intensity", factor=ratio, exact=True)
