"""Keyframes on a circle: a value that is the same at 0 and at 1, as in CSS `@keyframes` that repeat for ever."""

import math
from dataclasses import dataclass, field
from random import Random

from animations.motion.easing import ease

# Whole harmonics of the loop, and how loud each is: what trembles still has period 1.
_HARMONICS = ((5, 0.5), (3, 0.25), (8, 0.1))


@dataclass(frozen=True)
class Key:
    """A value at a time (0 to 1); `easing` leads to the next key (empty: the layer's own)."""

    at: float
    value: float
    easing: str = ""


@dataclass(frozen=True)
class Channel:
    """One scalar of a motion over its cycle.

    `keys` are in order of time; the last leads round to the first. With `full_turn`, the value grows by a whole turn
    (360) each cycle and amplitude leaves it alone. `noise` is the size of a seeded tremble added to the keys,
    `lag` what sets it apart from the tremble of other channels.
    """

    name: str
    keys: tuple[Key, ...] = field(default=())
    full_turn: bool = False
    noise: float = 0.0
    lag: float = 0.0


def channel(name: str, *keys: tuple[float, float] | tuple[float, float, str]) -> Channel:
    """Build a channel from plain (time, value[, easing]) tuples."""
    return Channel(name, tuple(Key(*key) for key in keys))


def full_turn_channel(name: str) -> Channel:
    """Build a channel that makes one whole turn each cycle."""
    return Channel(name, (Key(0, 0), Key(1, 360)), full_turn=True)


def tremble_channel(name: str, size: float, lag: float = 0.0) -> Channel:
    """Build a channel that trembles by about `size`, differently for each seed."""
    return Channel(name, noise=size, lag=lag)


def sample(track: Channel, u: float, easing: str, seed: int = 0) -> float:
    """Return the channel's value at cycle position `u` (any real; period 1), with `easing` where a key names none.

    Raises KeyError for an unknown easing.
    """
    if track.full_turn:
        return 360 * (math.floor(u) + ease(easing, u - math.floor(u)))
    u -= math.floor(u)
    value = _between_keys(track.keys, u, easing) if track.keys else 0.0
    return value + track.noise * tremble(u, seed, track.lag) if track.noise else value


def tremble(u: float, seed: int, lag: float = 0.0) -> float:
    """Sum seeded whole harmonics at `u`, −0.85 to 0.85; `lag` sets channels apart, in turns of each harmonic.

    Two channels a quarter apart run round each other at a speed that varies little (one harmonic is the loudest), so
    that no step of the loop, and not the one over the seam, is much longer than the usual one.
    """
    random = Random(seed)  # noqa: S311 -- a picture's tremble, no secret
    return sum(loud * math.cos(2 * math.pi * (whole * u + random.random() - lag)) for whole, loud in _HARMONICS)


def _between_keys(keys: tuple[Key, ...], u: float, easing: str) -> float:
    last = keys[-1]
    before = Key(last.at - 1, last.value, last.easing)
    for key in (*keys, Key(keys[0].at + 1, keys[0].value)):
        if u < key.at:
            share = (u - before.at) / (key.at - before.at)
            return before.value + (key.value - before.value) * ease(before.easing or easing, share)
        before = key
    return before.value
