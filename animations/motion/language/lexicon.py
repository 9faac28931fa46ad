"""The lexicon: English words for motions, intensities, tempi, counts, directions and places."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from animations.motion.language.tokens import inflect
from animations.motion.vocabulary import MOTIONS

Kind = Literal[
    "motion",
    "intensity",
    "tempo",
    "phase",
    "much",
    "count",
    "angle",
    "direction",
    "side",
    "joint",
    "not",
    "only",
    "thing",
    "filler",
]


@dataclass(frozen=True)
class Sense:
    """The meaning of a word or phrase: its kind and, as the kind has it, a name (motion, direction) or a factor.

    Of an angle the factor is in degrees, of a phase in loops. `exact` marks what was given as a number: that is never
    clamped unsaid.
    """

    kind: Kind
    name: str = ""
    factor: float = 1.0
    direction: str = ""
    exact: bool = False
    relative: bool = False
    """Compared with what there is, as every comparative is."""


# Factors on the amplitude. The bands that labels speak of are `recipe.INTENSITIES`.
LESS, MORE, STRONG = 0.6, 1.4, 1.5
_GREATEST = 20.0  # takes the smallest motion to the limit
# Factors on the time of a frame.
FASTER, SLOWER, RATHER_FAST, RATHER_SLOW = 0.7, 1.4, 0.8, 1.3
_FASTEST, _FAST, _SLOW, _SLOWEST = 0.4, 0.62, 1.6, 2.4
# How much sooner in the loop everything happens: a twelfth is a frame of the usual loop.
_EARLIER, _LATER = 1 / 12, -1 / 12
# Exponents on the next intensity or tempo: "very" takes it farther from the middle, "a bit" nearer.
LESS_SO, MORE_SO = 0.5, 1.4
_RATHER, _VERY = 0.6, 1.8

_INTENSITIES = {
    0.3: "tiny minimal faint faintly barely minuscule",
    0.55: "subtle subtly gentle gently soft softly slight slightly small little light lightly mild mildly calm "
    "calmly delicate delicately low weak weakly tender bit touch modest understated quiet quietly shallow",
    LESS: "less lower smaller gentler softer weaker calmer lighter shorter subtler milder tinier narrower",
    MORE: "more higher bigger stronger larger harder deeper wider taller farther further greater heavier longer "
    "louder bolder rougher extra",
    STRONG: "strong strongly big large high hard bold boldly heavy heavily powerful deep wide tall energetic lively "
    "vigorous vigorously great forceful excited excitedly enthusiastic loud",
    2.1: "wild wildly crazy extreme huge massive dramatic dramatically intense intensely exaggerated violent "
    "violently insane gigantic enormous mad madly giant epic wilder crazier",
}

_TEMPOS = {
    _SLOW: "slow slowly lazy lazily leisurely sleepy sleepily dreamily sluggish unhurried relaxed",
    SLOWER: "slower lazier",
    _SLOWEST: "slowest",
    _FAST: "fast quick quickly rapid rapidly speedy swift swiftly hasty hurried snappy brisk briskly",
    FASTER: "faster quicker speedier hastier snappier brisker",
    _FASTEST: "hyper frantic frantically fastest",
}

_MUCH = {
    _VERY: "very really super extremely so much too incredibly way ultra",
    _RATHER: "somewhat rather fairly quite",
}

# Words that compare with the motion as it would be without them: "twice as" and "50 %" may stand before it.
COMPARATIVES = frozenset(
    f"{_INTENSITIES[LESS]} {_INTENSITIES[MORE]} {_TEMPOS[SLOWER]} {_TEMPOS[FASTER]} wilder crazier".split()
) - {"extra"}

_DIRECTIONS = {
    "left": "left leftward leftwards",
    "right": "right rightward rightwards",
    "up": "up upward upwards",
    "down": "down downward downwards",
    "clockwise": "clockwise",
    "counterclockwise": "counterclockwise anticlockwise",
    "in": "in inward inwards closer nearer",
    "out": "out outward outwards away",
    "horizontal": "sideways horizontally horizontal",
    "vertical": "vertically vertical",
}

_ALL_THE_WAY = Sense("intensity", factor=_GREATEST, relative=True)
_PHRASES = {
    "slow motion": Sense("tempo", factor=_SLOWEST),
    "slow mo": Sense("tempo", factor=_SLOWEST),
    "a bit": Sense("much", factor=_RATHER),
    "a little": Sense("much", factor=_RATHER),
    "a little bit": Sense("much", factor=_RATHER),
    "a lot": Sense("much", factor=_VERY),
    "kind of": Sense("much", factor=_RATHER),
    "a couple of times": Sense("count", factor=2),
    "one time": Sense("count", factor=1),
    "counter clockwise": Sense("direction", "counterclockwise"),
    "anti clockwise": Sense("direction", "counterclockwise"),
    "side to side": Sense("direction", "horizontal"),
    "left and right": Sense("direction", "horizontal"),
    "back and forth": Sense("direction", "horizontal"),
    "to and fro": Sense("direction", "horizontal"),
    "up and down": Sense("direction", "vertical"),
    "in and out": Sense("direction", "both"),
    "upside down": Sense("direction", "vertical"),
    "slow down": Sense("tempo", factor=SLOWER),
    "slowed down": Sense("tempo", factor=SLOWER),
    "speed up": Sense("tempo", factor=FASTER),
    "sped up": Sense("tempo", factor=FASTER),
    "high speed": Sense("tempo", factor=_FAST),
    "top speed": Sense("tempo", factor=_FASTEST),
    "low speed": Sense("tempo", factor=_SLOW),
    "fast pace": Sense("tempo", factor=_FAST),
    "slow pace": Sense("tempo", factor=_SLOW),
    "full speed": Sense("filler"),
    "normal speed": Sense("filler"),
    "non stop": Sense("filler"),
    "in place": Sense("filler"),
    "in circles": Sense("filler"),
    "once more": Sense("filler"),
    **dict.fromkeys((f"as {word} as possible" for word in ("high", "far", "big", "wide", "much")), _ALL_THE_WAY),
    **dict.fromkeys(("other way", "other side", "other direction", "opposite direction"), Sense("side")),
    **dict.fromkeys(("less than", "more than", "fewer than"), Sense("thing")),
    **dict.fromkeys(("this way", "that way", "one way", "either way", "all the way"), Sense("filler")),
    "one more time": Sense("filler"),
    "at all": Sense("filler"),
    "over and over": Sense("filler"),
    "instead of": Sense("not"),
    "rather than": Sense("not"),
    "anything but": Sense("not"),
    "no more": Sense("not"),
    "no more than": Sense("filler"),
    "not more than": Sense("filler"),
    "no less than": Sense("filler"),
    "at most": Sense("filler"),
    "at least": Sense("filler"),
    "no longer": Sense("not"),
    "do not": Sense("not"),
    "does not": Sense("not"),
    "should not": Sense("not"),
    "must not": Sense("not"),
    "can not": Sense("not"),
}

_JOINTS = ", ; . & + / and with while then plus also but whilst before after afterwards or nor"
ALTERNATIVES = ("or", "nor")
"""Joints across which a negation holds on: "no spin or shake"."""
SUCCESSIONS = ("then", "before", "after", "afterwards")
_NOTS = (
    "no not don't dont never without stop doesn't doesnt isn't isnt avoid nothing neither can't cant cannot won't "
    "wont shouldn't shouldnt mustn't mustnt shan't except exclude excluding"
)
STOPS = ("stop", "stops", "stopping", "pause", "pausing", "end", "ending", "interruption")
"""After a negation they take it back: what never stops goes on, as every loop does."""
_ONLY = "just only merely simply instead"
# Words about the picture or the file, not about how it moves.
_THINGS = "background backdrop shadow shadows text letters sound music audio border outline watermark logo blur"
_FILLERS = (
    "a an the it its it's that this these is are be being i i'd i'm me my we you your please make makes making made "
    "give gives let lets let's want wants would like should could can have has having do does doing go goes going "
    "get gets some of to for on at by around about from into over all along there here now he she his her "
    "they them their emoji sticker picture image icon animation animate animated animating motion movement moving "
    "effect style loop looping looped again when which one way thing add keep as times time x forever "
    "continuously endlessly repeatedly infinitely endless nonstop nice nicely smooth smoothly happily cute seamless "
    "than enough even same ever always any start starts starting every each full fully"
)

# Nouns of a place on the subject; what stands before them says whether it is an anchor or where a motion comes from.
PLACES = {
    **dict.fromkeys(("bottom", "base", "feet", "foot", "ground", "floor", "below"), "bottom"),
    **dict.fromkeys(("top", "head", "above"), "top"),
    **dict.fromkeys(("centre", "center", "middle"), "centre"),
    "left": "left",
    "right": "right",
}
ARTICLES = ("the", "its", "it's", "your", "his", "her", "their", "my")
MAX_PHRASE_WORDS = 4  # words in the longest phrase


@cache
def senses() -> dict[str, Sense]:
    """Return every word and phrase (lower case, words parted by a blank) with its meaning."""
    known = {word: Sense("filler") for word in _FILLERS.split()}
    known |= {word: Sense("joint") for word in _JOINTS.split()}
    known |= {word: Sense("not") for word in _NOTS.split()}
    known |= {word: Sense("only") for word in _ONLY.split()}
    known |= {word: Sense("thing") for word in _THINGS.split()}
    known |= {word: Sense("direction", name) for name, words in _DIRECTIONS.items() for word in words.split()}
    factors: tuple[tuple[Kind, dict[float, str]], ...] = (
        ("much", _MUCH),
        ("tempo", _TEMPOS),
        ("intensity", _INTENSITIES),
    )
    for kind, table in factors:
        known |= {word: Sense(kind, factor=factor) for factor, words in table.items() for word in words.split()}
    known |= {"earlier": Sense("phase", factor=_EARLIER), "sooner": Sense("phase", factor=_EARLIER)}
    known |= {"later": Sense("phase", factor=_LATER), "mirrored": Sense("side")}
    return known | _motions() | _PHRASES


def _motions() -> dict[str, Sense]:
    found: dict[str, Sense] = {}
    for name, motion in MOTIONS.items():
        for words, direction in ((motion.label, ""), *((word, "") for word in motion.synonyms), *motion.directed):
            first, _, rest = words.partition(" ")
            for form in inflect(first):
                found.setdefault(f"{form} {rest}".strip(), Sense("motion", name, direction=direction))
    # A motion's own name is never another's synonym.
    return found | {form: Sense("motion", name) for name in MOTIONS for form in inflect(name)}
