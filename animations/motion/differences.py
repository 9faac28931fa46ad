"""Say in words how one recipe moves otherwise than another: "higher, snappier, leaning along"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from animations.motion.recipe import Layer, Recipe

_BY_CHANNEL: Final = {
    "y": ("higher", "lower"),
    "x": ("wider", "narrower"),
    **dict.fromkeys(("turn", "tilt", "tip", "lean"), ("wider", "narrower")),
    "grow": ("bigger", "smaller"),
    "peek": ("farther", "less far"),
}
"""The words for more and for less of a channel (`MotionDef.channels`)."""
_ANY_CHANNEL: Final = ("stronger", "softer")
WORDS: Final = tuple(dict.fromkeys((*_BY_CHANNEL.values(), _ANY_CHANNEL, ("snappier", "to the other side"))))
"""All words that are about more and less, for the catalogues."""
_NOTICEABLE: Final = 0.05
"""Of an amplitude's ratio, or of a lean: less is not worth a word."""


def describe_difference(base: Recipe, other: Recipe) -> str:
    """Say what `other` does otherwise than `base`, whose layers are of the same motions; "" where nothing shows."""
    pairs = zip(base.layers, other.layers, strict=False)
    return ", ".join(dict.fromkeys(word for old, new in pairs for word in _words(old, new)))


def _words(old: Layer, new: Layer) -> Iterator[str]:
    yield from _size(old, new)
    if new.easing != old.easing:
        yield "snappier"
    if new.mirror != old.mirror:
        yield "to the other side"
    if abs(new.follow - old.follow) > _NOTICEABLE:
        yield "leaning along" if new.follow > old.follow else "leaning against"


def _size(old: Layer, new: Layer) -> Iterator[str]:
    """Yield the word for a larger or smaller movement. Of whole turns there is no more and no less."""
    sized = [channel.name for channel in new.definition.channels if not channel.full_turn]
    change = new.amplitude - old.amplitude
    if sized and abs(change) > _NOTICEABLE * old.amplitude:
        more, less = _BY_CHANNEL.get(sized[0], _ANY_CHANNEL)
        yield more if change > 0 else less
