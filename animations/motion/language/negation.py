"""The scope of negations: "no bounce", "not too fast", "never stop spinning", "no spin or shake, just bounce".

Its scope goes from the word to the end of the clause, over "or" and "nor", and no farther than "just" or "only".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from animations.motion.language.lexicon import (
    ALTERNATIVES,
    COMPARATIVES,
    LESS,
    MORE,
    RATHER_FAST,
    RATHER_SLOW,
    STOPS,
    STRONG,
    Sense,
)

Place = tuple[str, str]
"""A preposition and a place: ("from", "top")."""

_TOO = ("too", "so", "very", "much", "overly", "a lot", "super", "extremely", "way")
_TOO_MUCH = ("too", "so", "much", "a lot", "overly")
_MANNER = ("intensity", "tempo", "phase", "count", "direction", "side", "angle")
_SOFTENING = ("not", "nothing", "isn't", "isnt")


@dataclass(frozen=True)
class Phrase:
    """A word or phrase with its sense; None is not understood. What is `excluded` must not be in the recipe."""

    words: str
    sense: Sense | Place | None
    excluded: bool = False

    @property
    def kind(self) -> str:
        """The kind of its sense; "place" and "unknown" for what has none."""
        return self.sense.kind if isinstance(self.sense, Sense) else "place" if self.sense else "unknown"


def apply_negations(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """Resolve the negations: motions excluded, "not too fast" made "slow", what is left over unknown."""
    at = 0
    while at < len(phrases):
        phrase = phrases[at]
        at += 1
        if phrase.kind == "not":
            end = _end(phrases, at)
            yield from _negated(phrase, phrases[at:end])
            at = end
        else:
            yield Phrase(phrase.words, None) if phrase.words in ALTERNATIVES else phrase


def read_complaints(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """Read complaints as negations: "it is too high" says what "not too high" says, and "less high" too.

    "Spin too" says neither.
    """
    negated = False
    for phrase, following in zip_longest(phrases, phrases[1:]):
        negated = (negated or phrase.kind == "not") and phrase.kind != "joint"
        manner = following is not None and following.kind in ("intensity", "tempo", "much")
        if phrase.kind == "much" and manner and not negated and phrase.words.startswith(("too", "less")):
            negated = True
            yield Phrase("not", Sense("not"))
            yield Phrase("too", phrase.sense)
        else:
            yield phrase


def _end(phrases: Sequence[Phrase], start: int) -> int:
    """Return where the scope of a negation ends that stands before `start`."""
    for at in range(start, len(phrases)):
        phrase = phrases[at]
        said = any(before.kind != "filler" for before in phrases[start:at])
        if phrase.kind == "joint" and not (phrase.words in ALTERNATIVES or _list_goes_on(phrases, start, at)):
            return at
        if said and (phrase.kind == "only" or phrase.kind == "not"):
            return at
    return len(phrases)


def _list_goes_on(phrases: Sequence[Phrase], start: int, at: int) -> bool:
    """Return whether the comma or "and" at `at` parts what is negated alike.

    So it is in "no spin, shake or flip", where an alternative follows, and in "not too fast and wild".
    """
    rest = phrases[at + 1 :]
    if phrases[at].words == ",":
        listed = ("motion", "filler")
        upto = next((i for i, phrase in enumerate(rest) if phrase.kind not in listed and phrase.words != ","), 0)
        return bool(upto) and rest[upto].words in ALTERNATIVES
    upto = next((i for i, phrase in enumerate(rest) if phrase.kind == "joint"), len(rest))
    said = [phrase.kind for phrase in rest[:upto] if phrase.kind != "filler"]
    before = phrases[start:at]
    if phrases[at].words != "and" or not said or not any(phrase.words in _TOO for phrase in before):
        return False
    adjectives = {"much", "intensity", "tempo"}
    named = any(phrase.kind == "motion" for phrase in before)
    return set(said) <= adjectives if named else said[0] in adjectives


def _negated(negation: Phrase, scope: Sequence[Phrase]) -> Iterator[Phrase]:
    first = next((i for i, phrase in enumerate(scope) if phrase.kind != "filler"), None)
    if any(phrase.words == "enough" for phrase in scope):
        yield from _strengthened(scope)
        return
    if first is None:
        return
    head, rest = scope[first], scope[first + 1 :]
    if head.words in STOPS or head.kind == "only":
        yield from (Phrase(phrase.words, None) if phrase.words in ALTERNATIVES else phrase for phrase in rest)
    elif head.kind == "thing":
        yield Phrase(f"{negation.words} {head.words}", None)
        yield from _after_thing(negation, rest)
    elif _is_softened(negation, head, scope):
        yield from _softened(scope)
    else:
        yield from _excluded(negation, scope)


def _after_thing(negation: Phrase, rest: Sequence[Phrase]) -> Iterator[Phrase]:
    """Read on after a thing, as in "no background or shadow bounce": more things are negated, and then nothing is."""
    following = next((i for i, phrase in enumerate(rest) if phrase.kind != "filler"), len(rest))
    if rest[following:] and rest[following].words in ALTERNATIVES:
        yield from _negated(negation, rest[following + 1 :])
    else:
        yield from rest


def _is_softened(negation: Phrase, head: Phrase, scope: Sequence[Phrase]) -> bool:
    """Return whether it is only too much of it that is not wanted: "not too much bounce", "not wild"."""
    if head.kind in ("intensity", "tempo") and negation.words in _SOFTENING and head.words not in COMPARATIVES:
        return True
    said = [phrase for phrase in scope if phrase.kind != "filler"]
    for phrase, following in zip(said, [*said[1:], None], strict=True):
        if phrase.words in _TOO and following and following.kind in ("intensity", "tempo"):
            return True
        if phrase.words in _TOO_MUCH and (following is None or following.kind in ("much", "motion")):
            return True
    return False


def _strengthened(scope: Sequence[Phrase]) -> Iterator[Phrase]:
    """Read "not high enough" as higher, and "does not bounce enough" as more of it."""
    if not any(phrase.kind in ("intensity", "tempo") for phrase in scope):
        yield Phrase("not enough", Sense("intensity", factor=MORE, relative=True))
    for phrase in scope:
        if isinstance(phrase.sense, Sense) and phrase.kind in ("intensity", "tempo"):
            yield replace(phrase, sense=replace(phrase.sense, relative=True))
        elif phrase.kind not in ("much", "joint"):
            yield phrase


def _softened(scope: Sequence[Phrase]) -> Iterator[Phrase]:
    manner = [phrase for phrase in scope if phrase.kind in ("intensity", "tempo")]
    if not manner:
        yield Phrase("not too much", Sense("intensity", factor=LESS, relative=True))
    for phrase in scope:
        if isinstance(phrase.sense, Sense) and phrase in manner:
            yield replace(phrase, sense=_opposite(phrase.sense))
        elif phrase.kind not in ("much", "joint"):
            yield phrase


def _opposite(sense: Sense) -> Sense:
    """Return a little of the opposite: not too fast is rather slow."""
    if sense.kind == "tempo":
        return Sense("tempo", factor=RATHER_SLOW if sense.factor < 1 else RATHER_FAST, relative=True)
    return Sense("intensity", factor=LESS if sense.factor > 1 else STRONG, relative=True)


def _excluded(negation: Phrase, scope: Sequence[Phrase]) -> Iterator[Phrase]:
    """Yield the motions, marked; how they would have been goes with them, and without a motion it is left over."""
    motions = any(phrase.kind == "motion" for phrase in scope)
    for phrase in scope:
        if phrase.kind == "motion":
            yield replace(phrase, excluded=True)
        elif phrase.kind == "unknown":
            yield phrase
        elif phrase.kind == "thing" or (not motions and phrase.kind in _MANNER):
            yield Phrase(f"{negation.words} {phrase.words}", None)
