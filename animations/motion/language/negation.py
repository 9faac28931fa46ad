"""What a negation reaches: "no bounce", "not too fast", "never stop spinning", "no spin or shake, just bounce".

Its scope goes from the word to the end of the clause, over "or" and "nor", and no farther than "just" or "only".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from animations.motion.language.lexicon import ALTERNATIVES, COMPARATIVES, STOPS, Sense

Place = tuple[str, str]
"""A preposition and a place: ("from", "top")."""

_TOO = ("too", "so", "very", "much", "overly", "a lot", "super", "extremely", "way")
_TOO_MUCH = ("too", "so", "much", "a lot", "overly")
_MANNER = ("degree", "tempo", "count", "direction", "angle")
_SOFTENING = ("not", "nothing", "isn't", "isnt")


@dataclass(frozen=True)
class Term:
    """A word or phrase with its sense; None is not understood. What is `excluded` must not be in the recipe."""

    words: str
    sense: Sense | Place | None
    excluded: bool = False

    @property
    def kind(self) -> str:
        """The kind of its sense; "place" and "unknown" for what has none."""
        return self.sense.kind if isinstance(self.sense, Sense) else "place" if self.sense else "unknown"


def apply_negations(terms: Sequence[Term]) -> Iterator[Term]:
    """Resolve the negations: motions excluded, "not too fast" made "slow", what is left over unknown."""
    at = 0
    while at < len(terms):
        term = terms[at]
        at += 1
        if term.kind == "not":
            end = _end(terms, at)
            yield from _negated(term, terms[at:end])
            at = end
        else:
            yield Term(term.words, None) if term.words in ALTERNATIVES else term


def corrections(terms: Sequence[Term]) -> Iterator[Term]:
    """Terms about something that is there: "it is too high" says what "not too high" says, and "less high" too.

    "Spin too" says neither.
    """
    negated = False
    for term, following in zip(terms, [*terms[1:], None], strict=True):
        negated = (negated or term.kind == "not") and term.kind != "joint"
        manner = following is not None and following.kind in ("degree", "tempo", "much")
        if term.kind == "much" and manner and not negated and term.words.startswith(("too", "less")):
            negated = True
            yield Term("not", Sense("not"))
            yield Term("too", term.sense)
        else:
            yield term


def _end(terms: Sequence[Term], start: int) -> int:
    """Return where the scope of a negation ends that stands before `start`."""
    for at in range(start, len(terms)):
        term = terms[at]
        said = any(before.kind != "filler" for before in terms[start:at])
        if term.kind == "joint" and not (term.words in ALTERNATIVES or _list_goes_on(terms, start, at)):
            return at
        if said and (term.kind == "only" or term.kind == "not"):
            return at
    return len(terms)


def _list_goes_on(terms: Sequence[Term], start: int, at: int) -> bool:
    """Return whether the comma or "and" at `at` parts what is negated alike.

    So it is in "no spin, shake or flip", where an alternative follows, and in "not too fast and wild".
    """
    rest = terms[at + 1 :]
    if terms[at].words == ",":
        listed = ("motion", "filler")
        upto = next((i for i, term in enumerate(rest) if term.kind not in listed and term.words != ","), 0)
        return bool(upto) and rest[upto].words in ALTERNATIVES
    upto = next((i for i, term in enumerate(rest) if term.kind == "joint"), len(rest))
    said = [term.kind for term in rest[:upto] if term.kind != "filler"]
    before = terms[start:at]
    if terms[at].words != "and" or not said or not any(term.words in _TOO for term in before):
        return False
    adjectives = {"much", "degree", "tempo"}
    named = any(term.kind == "motion" for term in before)
    return set(said) <= adjectives if named else said[0] in adjectives


def _negated(negation: Term, scope: Sequence[Term]) -> Iterator[Term]:
    first = next((i for i, term in enumerate(scope) if term.kind != "filler"), None)
    if any(term.words == "enough" for term in scope):
        yield from _strengthened(scope)
        return
    if first is None:
        return
    head, rest = scope[first], scope[first + 1 :]
    if head.words in STOPS or head.kind == "only":
        yield from (Term(term.words, None) if term.words in ALTERNATIVES else term for term in rest)
    elif head.kind == "thing":
        yield Term(f"{negation.words} {head.words}", None)
        yield from _after_thing(negation, rest)
    elif _is_softened(negation, head, scope):
        yield from _softened(scope)
    else:
        yield from _excluded(negation, scope)


def _after_thing(negation: Term, rest: Sequence[Term]) -> Iterator[Term]:
    """ "no background or shadow bounce": more things are negated too, and then nothing is."""
    following = next((i for i, term in enumerate(rest) if term.kind != "filler"), len(rest))
    if rest[following:] and rest[following].words in ALTERNATIVES:
        yield from _negated(negation, rest[following + 1 :])
    else:
        yield from rest


def _is_softened(negation: Term, head: Term, scope: Sequence[Term]) -> bool:
    """Return whether it is only too much of it that is not wanted: "not too much bounce", "not wild"."""
    if head.kind in ("degree", "tempo") and negation.words in _SOFTENING and head.words not in COMPARATIVES:
        return True
    said = [term for term in scope if term.kind != "filler"]
    for term, following in zip(said, [*said[1:], None], strict=True):
        if term.words in _TOO and following and following.kind in ("degree", "tempo"):
            return True
        if term.words in _TOO_MUCH and (following is None or following.kind in ("much", "motion")):
            return True
    return False


def _strengthened(scope: Sequence[Term]) -> Iterator[Term]:
    """ "not high enough" wants it higher, "does not bounce enough" more of it."""
    if not any(term.kind in ("degree", "tempo") for term in scope):
        yield Term("not enough", Sense("degree", factor=1.4, relative=True))
    for term in scope:
        if isinstance(term.sense, Sense) and term.kind in ("degree", "tempo"):
            yield replace(term, sense=replace(term.sense, relative=True))
        elif term.kind not in ("much", "joint"):
            yield term


def _softened(scope: Sequence[Term]) -> Iterator[Term]:
    manner = [term for term in scope if term.kind in ("degree", "tempo")]
    if not manner:
        yield Term("not too much", Sense("degree", factor=0.6, relative=True))
    for term in scope:
        if isinstance(term.sense, Sense) and term in manner:
            yield replace(term, sense=_opposite(term.sense))
        elif term.kind not in ("much", "joint"):
            yield term


def _opposite(sense: Sense) -> Sense:
    """Return a little of the opposite: not too fast is rather slow."""
    if sense.kind == "tempo":
        return Sense("tempo", factor=1.3 if sense.factor < 1 else 0.8, relative=True)
    return Sense("degree", factor=0.6 if sense.factor > 1 else 1.5, relative=True)


def _excluded(negation: Term, scope: Sequence[Term]) -> Iterator[Term]:
    """Yield the motions, marked; how they would have been goes with them, and without a motion it is left over."""
    motions = any(term.kind == "motion" for term in scope)
    for term in scope:
        if term.kind == "motion":
            yield replace(term, excluded=True)
        elif term.kind == "unknown":
            yield term
        elif term.kind == "thing" or (not motions and term.kind in _MANNER):
            yield Term(f"{negation.words} {term.words}", None)
