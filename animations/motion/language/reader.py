"""Words to recipe: `parse_motion("subtle bounce and slow zoom")`.

Tokens become phrases (`clauses`, `quantities`, `spelling`), negations are applied to them (`negation`), and the
clauses they make are laid out as layers (`layout`). A clause without a motion ("…, slow") speaks of all of them.
What is not understood is named, what can only be had in part is said, and no motion is ever assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from animations.motion.language.clauses import Clause, split_clauses, split_phrases
from animations.motion.language.korean import translate_korean
from animations.motion.language.layout import lay_out
from animations.motion.language.lexicon import SUCCESSIONS, Sense, senses
from animations.motion.language.negation import apply_negations, read_complaints
from animations.motion.language.numerals import expand_mixed_numbers, words_to_digits
from animations.motion.language.quantities import is_time
from animations.motion.language.spelling import correct_spelling
from animations.motion.language.tokens import tokenize
from animations.motion.recipe import Recipe
from animations.motion.tempo import assign_paces

_TIMED = "How long a loop takes is set with its frames and the time of each, not with words."
_TOGETHER = "The motions of a loop play together; it has no first and then."
_NOTHING_LEFT = "Without {} no motion is left."


@dataclass(frozen=True)
class Reading:
    """A reading of words. `recipe` is None where they name no motion; `unknown` are the words left over.

    `notes` are sentences on what was guessed and on what can be had only in part.
    """

    recipe: Recipe | None
    understood_as: str
    unknown: tuple[str, ...]
    notes: tuple[str, ...] = ()


def parse_motion(text: str, base: Recipe | None = None, tags: Mapping[str, str] | None = None) -> Reading:
    """Read the recipe that `text` asks for.

    With `base`, words that name no motion but an intensity, a tempo or the like ("higher", "slower") are read as
    changes of it, and so are comparisons about a motion that it has ("jump higher"). `tags` are words that stand for
    other words ("happy" for "bounce"); they are taken where no motion is named. A slow clause beside a quicker one
    lengthens the loop and gives the quicker one more whole cycles.
    """
    guesses: list[str] = []
    unknown: list[str] = []
    words = _untagged(
        words_to_digits(tokenize(expand_mixed_numbers(translate_korean(text)))),
        tags or {},
        guesses,
        alone=base is None,
    )
    said = list(split_phrases(words, _known_words(words, guesses)))
    found = split_clauses(apply_negations(list(read_complaints(said)) if base else said), unknown)
    layout = lay_out(found, base)
    left = tuple(dict.fromkeys([*unknown, *layout.unknown]))
    without = [name for name in _excluded(found) if name not in layout.motions]
    hints = _hints(found, left)
    if not layout.layers:
        nothing = [_NOTHING_LEFT.format(" and ".join(without))] if without else []
        return Reading(None, "", left, (*nothing, *hints))
    paced, tempo = assign_paces(layout.layers, layout.time_factors)
    recipe = Recipe(paced, seed=base.seed if base else 0, tempo=tempo)
    notes = [*guesses, *layout.limits]
    return Reading(recipe, _described(recipe, layout.said, without, notes), left, (*notes, *hints))


def _known_words(words: list[str], guesses: list[str]) -> dict[str, Sense]:
    """Return the lexicon with the words that were guessed for slips, and say so in `guesses`."""
    corrected: dict[str, str] = {}
    known = correct_spelling(words, corrected)
    guesses += [f"“{word}” read as “{as_word}”" for word, as_word in corrected.items()]
    return known


def _described(recipe: Recipe, said: list[str], without: list[str], notes: list[str]) -> str:
    """Say how words were understood, with what was left out and what was guessed or limited."""
    parts = [recipe.label, *said, *(f"without {name}" for name in without)]
    return ", ".join(parts) + (f" ({'; '.join(notes)})" if notes else "")


def _untagged(words: list[str], tags: Mapping[str, str], guesses: list[str], *, alone: bool) -> list[str]:
    """Replace tags by the words they stand for, where no word names a motion.

    A tag that means something else too ("calm", "no") stands for its words only where it is `alone`.
    """
    if any(sense.kind == "motion" for word in words if (sense := senses().get(word))):
        return words
    plain: list[str] = []
    for word in words:
        instead = tags.get(word) if word not in senses() or (alone and len(words) == 1) else None
        plain += tokenize(instead) if instead else [word]
        if instead:
            guesses.append(f"“{word}” taken for “{instead}”")
    return plain


def _excluded(found: list[Clause]) -> list[str]:
    return list(dict.fromkeys(name for clause in found for name in clause.excluded))


def _hints(found: list[Clause], unknown: tuple[str, ...]) -> tuple[str, ...]:
    """Return sentences on what words cannot do."""
    moving = [clause for clause in found if clause.motions]
    hints = []
    if any(is_time(words) for words in unknown):
        hints.append(_TIMED)
    if any(clause.after in SUCCESSIONS for clause in moving[1:]):
        hints.append(_TOGETHER)
    return tuple(hints)
