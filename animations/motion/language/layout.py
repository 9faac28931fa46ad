"""Lay out clauses as the layers of a recipe, within the limits of a layer; a limit that is met is noted."""

from dataclasses import dataclass, field, replace

from animations.motion.language.clauses import Clause
from animations.motion.recipe import AMPLITUDES, ANGLES, MAX_CYCLES, MAX_LAYERS, TEMPOS, Layer, Recipe

MIN_AMPLITUDE = 0.15
_ROUNDING = 1e-4  # a limit that is met exactly is not exceeded for an error in the last digit
_AWAY = {"left": "right", "right": "left", "top": "down", "bottom": "up"}
_OTHER_SIDE = {
    "left": "right",
    "right": "left",
    "clockwise": "counterclockwise",
    "counterclockwise": "clockwise",
}
_OPPOSITES = ({"in", "out"}, {"left", "right"}, {"up", "down"}, {"clockwise", "counterclockwise"})


@dataclass
class Layout:
    """Layers with the factor on the time of each; `unknown` words and `limits` that were met, in words."""

    by_name: dict[str, Layer] = field(default_factory=dict)
    factor_of: dict[str, float] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Words that were understood and are no part of a recipe's label."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in the order they were named."""
        return tuple(self.by_name.values())

    @property
    def time_factors(self) -> tuple[float, ...]:
        """The time factor of each layer."""
        return tuple(self.factor_of[name] for name in self.by_name)

    @property
    def motions(self) -> set[str]:
        """The names of the motions in it."""
        return {layer.motion for layer in self.layers}

    def note_limit(self, words: str) -> None:
        """Say that a limit was met, once."""
        if words not in self.limits:
            self.limits.append(words)

    def note_said(self, words: str) -> None:
        """Say what was understood, once."""
        if words not in self.said:
            self.said.append(words)


def lay_out(found: list[Clause], base: Recipe | None) -> Layout:
    """Lay out what the clauses ask for, on top of `base` where they speak of it. Empty if there is no motion."""
    layout = Layout()
    if base and _is_about(found, base):
        _start_from(base, found, layout)
    for clause in found:
        _place_motions(clause, layout)
    modifiers = [clause for clause in found if not clause.motions and clause.modifies]
    for clause in modifiers:
        for name in layout.by_name:
            _apply(layout, name, _counted_as_size(clause) if base else clause)
    for clause in found if layout.by_name else ():
        _name_unused(clause, layout)
    return layout


def _is_about(found: list[Clause], base: Recipe) -> bool:
    """Tell whether the clauses speak of `base`: they name no motion, or compare those that it has."""
    named = {sense.name for clause in found for _, sense in clause.motions}
    if named:
        return named <= {layer.motion for layer in base.layers} and all(
            clause.relative for clause in found if clause.motions
        )
    return any(clause.modifies or clause.excluded for clause in found)


def _start_from(base: Recipe, found: list[Clause], layout: Layout) -> None:
    excluded = {name for clause in found for name in clause.excluded}
    for index, layer in enumerate(base.layers):
        if layer.motion not in excluded:
            name = layer.motion if layer.motion not in layout.by_name else f"{layer.motion} {index}"
            layout.by_name[name], layout.factor_of[name] = layer, base.tempo / layer.pace


def _place_motions(clause: Clause, layout: Layout) -> None:
    for word, sense in clause.motions:
        if sense.name not in layout.by_name:
            if len(layout.by_name) == MAX_LAYERS:
                layout.unknown.append(word)
                continue
            layout.by_name[sense.name], layout.factor_of[sense.name] = Layer(sense.name), 1.0
        if sense.direction:
            layout.by_name[sense.name] = replace(layout.by_name[sense.name], direction=sense.direction)
    for name in dict.fromkeys(sense.name for _, sense in clause.motions if sense.name in layout.by_name):
        _apply(layout, name, _counted_as_size(clause) if name == "zoom" else clause)


def _counted_as_size(clause: Clause) -> Clause:
    """Read "2x" of a zoom, or of a motion that is there already, as twice as much of it."""
    if clause.count is None or clause.count.name != "x":
        return clause
    return replace(clause, amplitude=clause.amplitude * clause.count.factor, count=None, exact={"intensity"})


def _apply(layout: Layout, name: str, clause: Clause) -> None:
    """Change a layer by what the clause says of it; directions it cannot take are left out."""
    layer = _directed(layout.by_name[name], clause, layout)
    amplitude = layer.amplitude * clause.amplitude
    if "intensity" in clause.exact:
        _say_limit(layout, amplitude, MIN_AMPLITUDE, AMPLITUDES[1], "{:.0%}")
    layer = replace(layer, amplitude=_clamped(amplitude, MIN_AMPLITUDE, AMPLITUDES[1]))
    if clause.count:
        layer = _repeated(layer, clause.count.factor, layout)
    if clause.angle is not None:
        layer = _turned(layer, clause.angle, layout)
    if clause.phase:
        layer = replace(layer, phase=(layer.phase + clause.phase * layer.cycles_per_loop) % 1)
        layout.note_said("earlier" if clause.phase > 0 else "later")
    if clause.mirrored:
        layer = _to_other_side(layer, layout)
    layout.by_name[name] = layer
    layout.factor_of[name] *= clause.tempo
    if "tempo" in clause.exact:
        _say_limit(layout, 1 / layout.factor_of[name], 1 / TEMPOS[1], 1 / TEMPOS[0], "{:.4g} times the speed")


def _directed(layer: Layer, clause: Clause, layout: Layout) -> Layer:
    said = [(word, way) for word, direction in clause.directions if (way := _way(layer, direction)) is not None]
    if said:
        layer = replace(layer, direction=_first_or_both(layer, said, layout))
    for preposition, place in clause.places:
        came = _AWAY.get(place, "")
        if preposition == "from" and came in layer.definition.directions:
            layer = replace(layer, direction=came)
        else:
            layer = replace(layer, anchor=place)
    return layer


def _first_or_both(layer: Layer, said: list[tuple[str, str]], layout: Layout) -> str:
    """Return the last way that was said; of two opposite ones the first, from which every loop comes back."""
    (_, first), (word, last) = said[0], said[-1]
    if word == "in and out":
        layout.note_limit(word)
    if {first, last} not in _OPPOSITES:
        return last
    if layer.definition.is_full_turn:
        layout.unknown.append(word)
        return first
    layout.note_limit(f"{first} and {last}")
    return "" if first == layer.definition.directions[0] else first


def _repeated(layer: Layer, count: float, layout: Layout) -> Layer:
    if count > MAX_CYCLES:
        layout.note_limit(f"at most {MAX_CYCLES} times in a loop, not {count:.0f}")
    return replace(layer, cycles=int(min(MAX_CYCLES, count)))


def _turned(layer: Layer, angle: float, layout: Layout) -> Layer:
    """Turn a layer by degrees: whole turns are counted, a part of one goes there and back, a swing gets that wide."""
    definition, size = layer.definition, abs(angle)
    if not definition.degrees:
        return layer
    back = "counterclockwise" if "counterclockwise" in definition.directions else "left"
    if angle < 0 and back in definition.directions:
        layer = replace(layer, direction=back)
    if not definition.is_full_turn:
        least, most = MIN_AMPLITUDE * definition.degrees, AMPLITUDES[1] * definition.degrees
        _say_limit(layout, size, least, most, "{:.4g} degrees")
        return replace(layer, amplitude=_clamped(size, least, most) / definition.degrees)
    if size % 360 == 0:
        return _repeated(replace(layer, angle=0.0), size / 360, layout)
    _say_limit(layout, size, 1, ANGLES[1], "{:.9g} degrees")
    return replace(layer, angle=_clamped(size, 1, ANGLES[1]) % ANGLES[1])


def _to_other_side(layer: Layer, layout: Layout) -> Layer:
    """Let a layer go the other way, or mirror it; one that has no sides is left as it is."""
    ways = layer.definition.directions
    opposite = _OTHER_SIDE.get(layer.direction or (ways[0] if ways else ""), "")
    if opposite in ways:
        return replace(layer, direction="" if opposite == ways[0] else opposite)
    if layer.definition.mirrors:
        layout.note_said("to the other side")
        return replace(layer, mirror=not layer.mirror)
    return layer


def _say_limit(layout: Layout, asked: float, least: float, most: float, form: str) -> None:
    if asked > most * (1 + _ROUNDING):
        layout.note_limit(f"at most {form.format(most)}, not {form.format(asked)}")
    elif asked < least * (1 - _ROUNDING):
        layout.note_limit(f"at least {form.format(least)}, not {form.format(asked)}")


def _clamped(number: float, least: float, most: float) -> float:
    return min(most, max(least, number))


def _way(layer: Layer, direction: str) -> str | None:
    """Return the direction as this motion knows it: "" for its own, None if it has no such direction."""
    can = layer.definition.directions
    round_the_clock = {"left": "counterclockwise", "right": "clockwise"}.get(direction, "")
    if direction == "both":
        return ""
    if direction == "horizontal":
        return "" if layer.definition.mirrors or can[:1] == ("right",) else None
    if direction == "vertical":
        if layer.definition.category == "bouncy" or can[:1] in (("up",), ("down",)) or layer.motion == "nod":
            return ""
        return "up" if "up" in can else None
    return next((way for way in (direction, round_the_clock) if way in can), None)


def _name_unused(clause: Clause, layout: Layout) -> None:
    """Name what no motion of the clause can take. "In" and "out" are mostly prepositions: not worth a word."""
    meant = [layout.by_name[sense.name] for _, sense in clause.motions if sense.name in layout.by_name]
    layers = meant or list(layout.layers)
    for word, direction in clause.directions:
        if word not in ("in", "out") and all(_way(layer, direction) is None for layer in layers):
            layout.unknown.append(word)
    if clause.mirrored and not any(_to_other_side(layer, Layout()) != layer for layer in layers):
        layout.unknown.append("other side")
    if clause.angle is not None and not any(layer.definition.degrees for layer in layers):
        layout.unknown.append(f"{clause.angle:g} degrees")
