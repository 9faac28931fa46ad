"""The grammar: clauses joined by "and", "with", "while", "then" or a comma.

A clause holds an intensity, a tempo, motions, directions, a number and a place in any order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from animations.motion.language.lexicon import (
    ARTICLES,
    COMPARATIVES,
    LESS,
    LESS_SO,
    MAX_PHRASE_WORDS,
    MORE_SO,
    PLACES,
    STRONG,
    Sense,
)
from animations.motion.language.negation import Phrase, Place
from animations.motion.language.quantities import is_angle, read_quantity
from animations.motion.vocabulary import MOTIONS

_PREPOSITIONS = ("from", "around", "about", "at", "on", "by", "near")


@dataclass
class Clause:
    """A clause as read. `amplitude` and `tempo` are factors; `exact` of them were given as numbers.

    `phase` is how much sooner in the loop it happens, `mirrored` that it goes to the other side. `relative` says that
    words compare with what there is ("higher"), `after` is the joint before the clause.
    """

    after: str = ""
    motions: list[tuple[str, Sense]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    amplitude: float = 1.0
    tempo: float = 1.0
    phase: float = 0.0
    mirrored: bool = False
    exact: set[str] = field(default_factory=set)
    relative: bool = False
    count: Sense | None = None
    angle: float | None = None
    directions: list[tuple[str, str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    much: float | None = None
    also: bool = False
    """That "much" was a "too", which at the end of a clause means as well: "spin too"."""

    @property
    def modifies(self) -> bool:
        """True if it says anything of how something moves."""
        changed = self.amplitude != 1 or self.tempo != 1 or self.phase != 0 or self.angle is not None
        return bool(changed or self.mirrored or self.count or self.directions or self.places)

    def add(self, phrase: Phrase, sense: Sense) -> None:
        """Take in one word or phrase."""
        if phrase.excluded:
            self.excluded.append(sense.name)
        elif sense.kind == "motion":
            self.motions.append((phrase.words, sense))
        elif sense.kind == "much":
            self.much = sense.factor
            self.relative |= phrase.words in COMPARATIVES
            self.also = phrase.words == "too"
        elif sense.kind == "count":
            self.count = sense
        elif sense.kind == "angle":
            self.angle = sense.factor
        elif sense.kind == "direction":
            self.directions.append((phrase.words, sense.name))
        elif sense.kind == "phase":
            self.phase += sense.factor * (self.much or 1.0)
            self.much, self.relative = None, True
        elif sense.kind == "side":
            self.mirrored, self.relative = not self.mirrored, True
        elif sense.kind in ("intensity", "tempo"):
            self._scale(phrase.words, sense)

    def close(self) -> None:
        """End it: a "much" that nothing followed is about the amplitude, a bare number may be an angle."""
        if self.much is not None and not self.also:
            self.amplitude *= STRONG if self.much > 1 else LESS
        self.much = None
        turns = any(MOTIONS[sense.name].degrees for _, sense in self.motions)
        if turns and self.count and self.count.name == "bare" and is_angle(self.count.factor):
            self.angle, self.count = self.count.factor, None

    def _scale(self, words: str, sense: Sense) -> None:
        factor = sense.factor if sense.exact else sense.factor ** (self.much or 1.0)
        if sense.kind == "intensity":
            self.amplitude *= factor
        else:
            self.tempo *= factor
        self.exact |= {sense.kind} if sense.exact else set()
        self.relative |= sense.relative or any(word in COMPARATIVES for word in words.split())
        self.much = None


def split_clauses(phrases: Iterable[Phrase], unknown: list[str]) -> list[Clause]:
    """Return the clauses that `phrases` (without negations) make; what is not understood goes to `unknown`."""
    found = [Clause()]
    for phrase in phrases:
        if phrase.sense is None or phrase.kind == "thing":
            unknown.append(phrase.words)
        elif not isinstance(phrase.sense, Sense):
            found[-1].places.append(phrase.sense)
        elif phrase.kind == "joint":
            found.append(Clause(after=phrase.words))
        else:
            found[-1].add(phrase, phrase.sense)
    for clause in found:
        clause.close()
    return list(_merge_directions(found))


def _merge_directions(found: list[Clause]) -> Iterator[Clause]:
    """Give directions that stand alone to the motion before them: "zoom in, then out" has two."""
    last: Clause | None = None
    for clause in found:
        if last and last.motions and last.directions and not clause.motions:
            last.directions += clause.directions
            clause.directions = []
        last = clause if clause.motions else last
        yield clause


def split_phrases(words: list[str], known: dict[str, Sense]) -> Iterator[Phrase]:
    """Split words into phrases that have a sense, the longest first."""
    at = 0
    while at < len(words):
        taken, sense = _place(words, at) or _number_or_phrase(words, at, known)
        if words[at] in ("more", "less") and taken == 1 and at + 1 < len(words):
            following = known.get(words[at + 1])
            if following and following.kind in ("intensity", "tempo"):
                sense = Sense("much", factor=MORE_SO if words[at] == "more" else LESS_SO)
        yield Phrase(" ".join(words[at : at + taken]), sense)
        at += taken


def _number_or_phrase(words: list[str], at: int, known: dict[str, Sense]) -> tuple[int, Sense | None]:
    """Return whichever takes more words; a phrase where both take as many."""
    phrase, number = _longest(words, at, known), read_quantity(words, at)
    if number is None or (phrase[1] is not None and phrase[0] > 1 and phrase[0] >= number[0]):
        return phrase
    return number


def _longest(words: list[str], at: int, known: dict[str, Sense]) -> tuple[int, Sense | None]:
    for length in range(min(MAX_PHRASE_WORDS, len(words) - at), 0, -1):
        sense = known.get(" ".join(words[at : at + length]))
        if sense is not None:
            return length, sense
    return 1, None


def _place(words: list[str], at: int) -> tuple[int, Place] | None:
    """Read a place such as "from the top": the number of its words, and (preposition, place)."""
    if words[at] not in _PREPOSITIONS:
        return None
    noun = at + 1 + (words[at + 1 : at + 2] != [] and words[at + 1] in ARTICLES)
    if noun >= len(words) or words[noun] not in PLACES:
        return None
    return noun + 1 - at, (words[at], PLACES[words[noun]])
