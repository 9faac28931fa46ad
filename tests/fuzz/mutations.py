"""Damage files as chance would, and as somebody would who knows where to hit; one seed always does the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.fuzz.part_mutations import change_part

EXTREMES: Final = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
    b"\0\0\xff\xff",
)
"""What lengths, sizes and offsets are replaced with."""
HEAD: Final = 512
"""Bytes: most of what a decoder acts on stands there."""

Mutation = Callable[[random.Random, bytearray], None]


def mutated(seed: int, file: bytes, other: bytes) -> bytes:
    """Return the file with one to four kinds of damage, of which one may be a part of the `other` file.

    Half of the files keep a whole container: only what its parts say is damaged.
    """
    chance = random.Random(seed)
    data = bytearray(file)
    kinds = (*MUTATIONS, _splice(other), _swap_head(other)) if chance.random() < 0.5 else (_in_a_part(other),)
    for mutation in chance.choices(kinds, k=chance.choice((1, 1, 1, 2, 4))):
        mutation(chance, data)
        data = data or bytearray(b"\0")
    return bytes(data)


def _place(chance: random.Random, data: bytearray) -> int:
    return chance.randrange(min(len(data), HEAD) if chance.random() < 0.3 else len(data))


def _flip_bits(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.randint(1, 16)):
        data[_place(chance, data)] ^= 1 << chance.randrange(8)


def _set_extreme(chance: random.Random, data: bytearray) -> None:
    place = _place(chance, data)
    data[place : place + 4] = chance.choice(EXTREMES)


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[max(1, _place(chance, data)) :]


def _remove(chance: random.Random, data: bytearray) -> None:
    place = _place(chance, data)
    del data[place : place + chance.randint(1, 64)]


def _repeat(chance: random.Random, data: bytearray) -> None:
    place = _place(chance, data)
    data[place:place] = data[place : place + chance.randint(1, 4096)] * chance.randint(1, 20)


def _add_noise(chance: random.Random, data: bytearray) -> None:
    place = _place(chance, data)
    data[place:place] = chance.randbytes(chance.randint(1, 256))


def _splice(other: bytes) -> Mutation:
    def mutate(chance: random.Random, data: bytearray) -> None:
        place = _place(chance, data)
        data[place:] = other[chance.randrange(len(other)) :]

    return mutate


def _swap_head(other: bytes) -> Mutation:
    def mutate(chance: random.Random, data: bytearray) -> None:
        length = chance.choice((4, 8, 12, 16, 32, 64))
        data[:length] = other[:length]

    return mutate


def _in_a_part(other: bytes) -> Mutation:
    def mutate(chance: random.Random, data: bytearray) -> None:
        data[:] = change_part(chance, bytes(data), other, chance.choice(MUTATIONS))

    return mutate


MUTATIONS: Final[tuple[Mutation, ...]] = (_flip_bits, _set_extreme, _set_extreme, _cut, _remove, _repeat, _add_noise)
