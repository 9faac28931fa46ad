"""A recipe: a motion as data, plain JSON both ways. Same recipe, same pixels, on every machine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from random import Random
from typing import Any

from animations.motion.easing import EASINGS
from animations.motion.motion_def import ANCHORS, MotionDef
from animations.motion.vocabulary import MOTIONS

VERSION = 1
MAX_LAYERS = 4
AMPLITUDES = (0.0, 3.0)
MAX_CYCLES = 6
ANGLES = (0.0, 360.0 * MAX_CYCLES)
TEMPOS = (0.25, 4.0)
SEEDS = (0, 2**31 - 1)

# Amplitudes from … up to (and without) …, and the word that a label says for them.
INTENSITIES = ((0.0, 0.4, "tiny"), (0.4, 0.8, "subtle"), (0.8, 1.25, ""), (1.25, 1.8, "strong"), (1.8, 3.01, "wild"))
# The easings of bolder and softer variations. A motion that mirrors passes its middle at the seam, where it is
# fastest: steeper than a sine it would step too far there.
_STEEPER = {"ease-in-out-sine": "ease-in-out", "ease-in-out-quad": "ease-in-out-quart"}
PACES = (
    (0.0, 0.45, "very fast"),
    (0.45, 0.87, "fast"),
    (0.87, 1.15, ""),
    (1.15, 2.2, "slow"),
    (2.2, 17.0, "very slow"),
)


class RecipeError(ValueError):
    """A recipe that cannot be: the message names the field and what it must be."""


@dataclass(frozen=True)
class Layer:
    """One motion of a recipe.

    `amplitude` 1 is the motion as designed. It runs `cycles` × `pace` times in a loop, both whole: `cycles` is the
    count that was asked for ("twice"), `pace` how much quicker it goes than the recipe's tempo. An empty `easing`,
    `anchor` or `direction` is the motion's own. `phase` (0 to 1) starts it later in its cycle, `mirror` swaps left
    and right, `follow` (−1 to 1) lets the body lean after the movement. `angle` (degrees) is for motions that go
    round: they turn so far and back again instead; 0 goes round. Raises RecipeError for a wrong value.
    """

    motion: str
    amplitude: float = 1.0
    cycles: int = 1
    pace: int = 1
    easing: str = ""
    anchor: str = ""
    direction: str = ""
    phase: float = 0.0
    mirror: bool = False
    follow: float = 0.0
    angle: float = 0.0

    def __post_init__(self) -> None:
        _one_of("motion", self.motion, MOTIONS)
        _between("amplitude", self.amplitude, *AMPLITUDES)
        _whole("cycles", self.cycles, 1, MAX_CYCLES)
        _whole("pace", self.pace, 1, 4)
        _one_of("easing", self.easing, ("", *sorted(EASINGS)))
        _one_of("anchor", self.anchor, ("", *ANCHORS))
        _one_of("direction", self.direction, ("", *self.definition.directions))
        _between("phase", self.phase, 0, 1)
        if not isinstance(self.mirror, bool):
            raise RecipeError("mirror must be true or false")
        _between("follow", self.follow, -1, 1)
        _between("angle", self.angle, *ANGLES)
        if self.angle and not self.definition.is_full_turn:
            raise RecipeError(f"angle is for motions that go round, and {self.motion} does not")

    @property
    def definition(self) -> MotionDef:
        """The motion's entry in the vocabulary."""
        return MOTIONS[self.motion]

    @property
    def cycles_per_loop(self) -> int:
        """The number of whole cycles in one loop."""
        return self.cycles * self.pace


@dataclass(frozen=True)
class Recipe:
    """Layers (1 to 4) that play together, the seed of what trembles, and the tempo.

    `tempo` is what the caller multiplies the time of a frame by: 2 is half as fast. The loop itself always makes
    whole cycles. Raises RecipeError for a wrong value.
    """

    layers: tuple[Layer, ...]
    seed: int = 0
    tempo: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.layers) <= MAX_LAYERS:
            raise RecipeError(f"layers must hold 1 to {MAX_LAYERS} motions")
        _whole("seed", self.seed, *SEEDS)
        _between("tempo", self.tempo, *TEMPOS)

    @property
    def label(self) -> str:
        """The recipe in words that the reader reads back, such as "subtle bounce and slow zoom"."""
        paces = [_word(PACES, self.tempo / layer.pace) for layer in self.layers]
        intensities = [_word(INTENSITIES, layer.amplitude) for layer in self.layers]
        together = len(set(paces)) == 1 and bool(paces[0]) and (len(paces) > 1 or bool(intensities[0]))
        inline = [""] * len(paces) if together else paces
        words = _and([_phrase(*each) for each in zip(self.layers, intensities, inline, strict=True)])
        return f"{words}, {paces[0]}" if together else words

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as plain JSON: `version`, `layers`, `seed`, `tempo`. `read_recipe` is the way back."""
        layers = [asdict(layer) for layer in self.layers]
        return {"version": VERSION, "layers": layers, "seed": self.seed, "tempo": self.tempo}


def read_recipe(data: object) -> Recipe:
    """Read the recipe in `data` (decoded JSON as from `Recipe.to_json`; fields left out take their defaults).

    Raises RecipeError whose message names the field: "layers[0].amplitude must be between 0 and 3".
    """
    if not isinstance(data, Mapping):
        raise RecipeError("the recipe must be an object")
    _known("", data, ("version", "layers", "seed", "tempo"))
    if data.get("version") != VERSION or isinstance(data["version"], bool):
        raise RecipeError(f"version must be {VERSION}")
    layers = data.get("layers")
    if not isinstance(layers, list | tuple):
        raise RecipeError("layers must be a list")
    if len(layers) > MAX_LAYERS:
        raise RecipeError(f"layers must hold 1 to {MAX_LAYERS} motions")
    read = tuple(_read_layer(f"layers[{index}]", layer) for index, layer in enumerate(layers))
    return Recipe(read, seed=data.get("seed", 0), tempo=data.get("tempo", 1.0))


def variation(recipe: Recipe, k: int, seed: int) -> Recipe:
    """Return variation `k` of a recipe: 0 is the recipe itself, the others are seeded and have the same label.

    In turn they are bolder, mirrored (where words did not ask for a side) and softer; each follows through with a
    lean of its own. They keep the recipe's time, so that frames of different variations can stand side by side.
    Raises ValueError for a `k` below 0.
    """
    if k < 0:
        raise ValueError("k must be 0 or more")
    if k == 0:
        return recipe
    random = Random(f"{seed}/{k}")  # noqa: S311 -- picks a variation, no secret
    layers = tuple(_vary(layer, (k - 1) % 3, random) for layer in recipe.layers)
    return replace(recipe, layers=layers, seed=random.randrange(SEEDS[1]))


def _vary(layer: Layer, kind: int, random: Random) -> Layer:
    low, high = next((low, high) for low, high, _ in INTENSITIES if low <= layer.amplitude < high)
    bold = random.uniform(0.7, 0.95)
    goal = {0: high, 1: layer.amplitude, 2: low}[kind]
    lean = random.uniform(0.85, 1.0) * (-1 if kind == 2 else 1)
    return replace(
        layer,
        amplitude=min(AMPLITUDES[1], layer.amplitude + bold * (goal - layer.amplitude)),
        easing=layer.easing or _steeper(layer.definition) * (kind != 1),
        phase=(layer.phase + random.uniform(0.01, 0.04) * (kind == 2)) % 1,
        mirror=layer.mirror != (kind == 1 and layer.definition.mirrors and not layer.direction),
        follow=max(-1.0, min(1.0, layer.follow + lean)),
    )


def _steeper(definition: MotionDef) -> str:
    if definition.mirrors and definition.easing == "ease-in-out-sine":
        return ""
    return _STEEPER.get(definition.easing, "")


def _read_layer(path: str, data: object) -> Layer:
    if not isinstance(data, Mapping):
        raise RecipeError(f"{path} must be an object")
    _known(f"{path}.", data, tuple(field.name for field in fields(Layer)))
    if "motion" not in data:
        raise RecipeError(f"{path}.motion is missing")
    try:
        return Layer(**data)
    except RecipeError as error:
        raise RecipeError(f"{path}.{error}") from None


def _known(path: str, data: Mapping[Any, Any], names: tuple[str, ...]) -> None:
    for name in data:
        if name not in names:
            raise RecipeError(f"{path}{name} is not a field; the fields are {', '.join(names)}")


def _one_of(name: str, value: object, choices: Mapping[str, Any] | tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise RecipeError(f"{name} must be one of {', '.join(choice or 'nothing' for choice in choices)}")


def _between(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RecipeError(f"{name} must be between {low:g} and {high:g}")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RecipeError(f"{name} must be a whole number between {low} and {high}")


def _word(bands: tuple[tuple[float, float, str], ...], value: float) -> str:
    return next((word for low, high, word in bands if low <= value < high), bands[-1][2])


def _phrase(layer: Layer, intensity: str, pace: str) -> str:
    times = {1: "", 2: "twice"}.get(layer.cycles, f"{layer.cycles} times")
    toward = f"to the {layer.direction}" if layer.direction in ("left", "right") else layer.direction
    about = f"around the {layer.anchor}" if layer.anchor else ""
    far = f"{layer.angle:.9g} degrees" if layer.angle else ""
    return " ".join(word for word in (intensity, pace, layer.definition.label, toward, far, times, about) if word)


def _and(phrases: list[str]) -> str:
    *head, last = phrases
    return f"{', '.join(head)} and {last}" if head else last
