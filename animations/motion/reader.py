"""Words to recipe: `read("subtle bounce and slow zoom")`.

The grammar is clauses joined by "and", "with", "while", "then" or a comma; a clause holds a degree, a tempo, motions,
a direction, a count and an anchor in any order. A clause without a motion ("…, slow") speaks of all of them.
What is not understood is named, and no motion is ever assumed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from animations.motion.lexicon import ARTICLES, LONGEST, PLACES, UNITS, Sense, senses
from animations.motion.recipe import AMPLITUDES, MAX_LAYERS, Layer, Recipe
from animations.motion.timing import timed
from animations.motion.words import near, tokens

_COUNT = re.compile(r"x?(\d{1,4})x?")
_PREPOSITIONS = ("from", "around", "about", "at", "on", "by", "near")
_AWAY = {"left": "right", "right": "left", "top": "down", "bottom": "up"}


@dataclass(frozen=True)
class Reading:
    """How words were understood. `recipe` is None where they name no motion; `unknown` are the words left over."""

    recipe: Recipe | None
    understood_as: str
    unknown: tuple[str, ...]


@dataclass
class _Clause:
    motions: list[tuple[str, Sense]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    amplitude: float = 1.0
    tempo: float = 1.0
    count: int | None = None
    directions: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    much: float | None = None
    negated: str = ""

    def heard(self, word: str, sense: Sense, unknown: list[str]) -> None:
        """Take in one word or phrase."""
        if self.negated and sense.kind in ("degree", "tempo", "count", "direction"):
            unknown.append(f"{self.negated} {word}")
            self.much = None
            self.negated = "" if self.negated == "not" else self.negated  # "not too fast, a bounce" is a bounce
        elif self.negated and sense.kind == "motion":
            self.excluded.append(sense.name)
        elif sense.kind == "motion":
            self.motions.append((word, sense))
        elif sense.kind == "not":
            self.negated = word
        elif sense.kind == "much":
            self.much = sense.factor
        elif sense.kind == "count":
            self.count = int(sense.factor)
        elif sense.kind == "direction":
            self.directions.append((word, sense.name))
        else:
            self._scaled(sense)

    def closed(self) -> "_Clause":
        """The clause at its end: a "much" that nothing followed ("bounce a bit") speaks of the amplitude."""
        if self.much is not None:
            self.amplitude *= 1.5 if self.much > 1 else 0.6
            self.much = None
        return self

    def _scaled(self, sense: Sense) -> None:
        factor = sense.factor ** (self.much or 1.0)
        if sense.kind == "degree":
            self.amplitude *= factor
        elif sense.kind == "tempo":
            self.tempo *= factor
        if sense.kind in ("degree", "tempo"):
            self.much = None


def read(text: str, base: Recipe | None = None) -> Reading:
    """The recipe that `text` asks for.

    With `base`, words that name no motion but a degree, a tempo or the like ("higher", "slower") are read as wishes
    about it. A slow clause beside a quicker one lengthens the loop and gives the quicker one more whole cycles.
    """
    words = tokens(text)
    unknown: list[str] = []
    mended: dict[str, str] = {}
    clauses = _clauses(words, _corrected(words, mended), unknown)
    layers, tempi = _layers(clauses, base, unknown)
    if not layers:
        return Reading(None, "", tuple(dict.fromkeys(unknown)))
    seed = base.seed if base else 0
    paced, tempo = timed(tuple(layers.values()), tuple(tempi[name] for name in layers))
    recipe = Recipe(paced, seed=seed, tempo=tempo)
    return Reading(recipe, _understood(recipe, clauses, mended), tuple(dict.fromkeys(unknown)))


def _understood(recipe: Recipe, clauses: list[_Clause], mended: dict[str, str]) -> str:
    named = {layer.motion for layer in recipe.layers}
    without = dict.fromkeys(name for clause in clauses for name in clause.excluded if name not in named)
    parts = [recipe.label, *(f"without {name}" for name in without)]
    notes = [f"“{word}” read as “{as_word}”" for word, as_word in mended.items()]
    return ", ".join(parts) + (f" ({', '.join(notes)})" if notes else "")


def _clauses(words: list[str], known: dict[str, Sense], unknown: list[str]) -> list[_Clause]:
    clauses = [_Clause()]
    for word, sense in _meanings(words, known):
        if sense is None:
            unknown.append(word)
        elif isinstance(sense, tuple):
            clauses[-1].places.append(sense)
        elif sense.kind == "joint" or (word == "without" and clauses[-1].motions):
            clauses.append(_Clause())
        if isinstance(sense, Sense) and sense.kind not in ("joint", "filler"):
            clauses[-1].heard(word, sense, unknown)
    return [clause.closed() for clause in clauses]


def _meanings(words: list[str], known: dict[str, Sense]) -> Iterator[tuple[str, Sense | tuple[str, str] | None]]:
    """Word or phrase by phrase: its sense, (preposition, place), or None for what is not understood."""
    at = 0
    while at < len(words):
        taken, sense = _place(words, at) or _number(words, at) or _longest(words, at, known)
        if words[at] in ("more", "less") and at + 1 < len(words):
            following = known.get(words[at + 1])
            if following and following.kind in ("degree", "tempo"):
                sense = Sense("much", factor=1.4 if words[at] == "more" else 0.5)
        yield " ".join(words[at : at + taken]), sense
        at += taken


def _longest(words: list[str], at: int, known: dict[str, Sense]) -> tuple[int, Sense | None]:
    for length in range(min(LONGEST, len(words) - at), 0, -1):
        sense = known.get(" ".join(words[at : at + length]))
        if sense is not None:
            return length, sense
    return 1, None


def _place(words: list[str], at: int) -> tuple[int, tuple[str, str]] | None:
    """ "from the top": how many words, and (preposition, place)."""
    if words[at] not in _PREPOSITIONS:
        return None
    noun = at + 1 + (words[at + 1 : at + 2] != [] and words[at + 1] in ARTICLES)
    if noun >= len(words) or words[noun] not in PLACES:
        return None
    return noun + 1 - at, (words[at], PLACES[words[noun]])


def _number(words: list[str], at: int) -> tuple[int, Sense | None] | None:
    """A count in digits; one with a unit behind it is no count and not understood."""
    found = _COUNT.fullmatch(words[at])
    if found is None:
        return None
    if words[at + 1 : at + 2] and words[at + 1] in UNITS:
        return 2, None
    return 1, Sense("count", factor=int(found[1])) if int(found[1]) else None


def _corrected(words: list[str], mended: dict[str, str]) -> dict[str, Sense]:
    """The lexicon, and in it the words that are one slip of a finger away from exactly one meaning.

    A motion is guessed only where no word names one: "a shape that shakes" has no slip in "shape".
    """
    known = dict(senses())
    named = any(sense.kind == "motion" for word in words if (sense := known.get(word)))
    for word in dict.fromkeys(words):
        if word in known or len(word) < 5 or not word.isalpha():
            continue
        kinds = ("degree", "tempo") * (len(word) >= 6) + (() if named else ("motion",))
        close = {other: sense for other, sense in senses().items() if sense.kind in kinds and near(word, other)}
        if len(set(close.values())) == 1:
            mended[word] = min(close, key=len)
            known[word] = close[mended[word]]
    return known


def _layers(
    clauses: list[_Clause], base: Recipe | None, unknown: list[str]
) -> tuple[dict[str, Layer], dict[str, float]]:
    """Layers and their tempi by motion; in the order they were named."""
    layers: dict[str, Layer] = {}
    tempi: dict[str, float] = {}
    for clause in clauses:
        for word, sense in clause.motions:
            if len(layers) == MAX_LAYERS and sense.name not in layers:
                unknown.append(word)
                continue
            layer = Layer(sense.name, direction=sense.direction)
            layers[sense.name], tempi[sense.name] = _told(layer, clause, 1.0), clause.tempo
    wishes = [clause for clause in clauses if not clause.motions and _says(clause)]
    if base and not layers and wishes:
        layers = {f"{index}": layer for index, layer in enumerate(base.layers)}
        tempi = {f"{index}": base.tempo / layer.pace for index, layer in enumerate(base.layers)}
    for clause in wishes if layers else ():
        layers = {name: _told(layer, clause, layer.amplitude) for name, layer in layers.items()}
        tempi = {name: tempo * clause.tempo for name, tempo in tempi.items()}
    for clause in clauses:
        _name_unused(clause, layers, unknown)
    return layers, tempi


def _says(clause: _Clause) -> bool:
    return bool(clause.amplitude != 1 or clause.tempo != 1 or clause.count or clause.directions or clause.places)


def _told(layer: Layer, clause: _Clause, amplitude: float) -> Layer:
    """The layer with what the clause says of it; directions it cannot take are left out."""
    for _, direction in clause.directions:
        way = _way(layer, direction)
        layer = layer if way is None else replace(layer, direction=way)
    for preposition, place in clause.places:
        came = _AWAY.get(place, "")
        if preposition == "from" and came in layer.term.directions:
            layer = replace(layer, direction=came)
        else:
            layer = replace(layer, anchor=place)
    low, high = 0.15, AMPLITUDES[1]
    cycles = min(6, clause.count) if clause.count else layer.cycles
    return replace(layer, amplitude=min(high, max(low, amplitude * clause.amplitude)), cycles=cycles)


def _way(layer: Layer, direction: str) -> str | None:
    """The direction as this motion knows it: "" for its own, None if it has no such direction."""
    can = layer.term.directions
    round_the_clock = {"left": "counterclockwise", "right": "clockwise"}.get(direction, "")
    if direction == "both":
        return ""
    if direction == "horizontal":
        return "" if layer.term.mirrors or can[:1] == ("right",) else None
    if direction == "vertical":
        if layer.term.category == "bouncy" or can[:1] in (("up",), ("down",)) or layer.motion == "nod":
            return ""
        return "up" if "up" in can else None
    return next((way for way in (direction, round_the_clock) if way in can), None)


def _name_unused(clause: _Clause, layers: dict[str, Layer], unknown: list[str]) -> None:
    """Directions that no motion of the clause can take. "In" and "out" are mostly prepositions: not worth a word."""
    meant = [layers[sense.name] for _, sense in clause.motions if sense.name in layers] or list(layers.values())
    for word, direction in clause.directions:
        if word not in ("in", "out") and all(_way(layer, direction) is None for layer in meant):
            unknown.append(word)
