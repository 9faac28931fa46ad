"""Damage the parts of a file within a container that stays whole: one more kind of damage for `mutations`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.fuzz.containers import Container, Part, container_of

Damage = Callable[[random.Random, bytearray], None]
"""What is done to the body of a part."""
DEEPER: Final = 0.7
"""How often a part is changed within a part that holds parts, and not this itself."""


def change_part(chance: random.Random, data: bytes, other: bytes, damage: Damage) -> bytes:
    """Return the file with a part damaged, renamed, emptied, repeated, moved or removed, or with one of another file.

    A file that has no parts is returned as it is.
    """
    container = container_of(data)
    if not container:
        return data
    foreign = list(all_parts(container, other)) if container_of(other) is container else []
    return data[: container.head] + _change_in(chance, container, data[container.head :], foreign, damage)


def _change_in(
    chance: random.Random, container: Container, data: bytes, foreign: list[Part], damage: Damage
) -> bytes:
    parts = list(container.split(data))
    if not parts:
        return data
    place = chance.randrange(len(parts))
    part = parts[place]
    start = container.holders.get(part.name)
    if start is not None and chance.random() < DEEPER:
        part.body = part.body[:start] + _change_in(chance, container, part.body[start:], foreign, damage)
    else:
        _change(chance, parts, place, foreign, damage)
    return b"".join(map(container.join, parts))


def _change(chance: random.Random, parts: list[Part], place: int, foreign: list[Part], damage: Damage) -> None:
    part, another = parts[place], chance.choice(parts)
    match chance.choice(("damage", "damage", "damage", "empty", "rename", "repeat", "move", "remove", "foreign")):
        case "damage":
            body = bytearray(part.body or b"\0")
            damage(chance, body)
            part.body = bytes(body)
        case "empty":
            part.body = b""
        case "rename":
            part.name = another.name
        case "repeat":
            parts[place:place] = [part] * chance.choice((1, 2, 100))
        case "move":
            parts.insert(chance.randrange(len(parts)), parts.pop(place))
        case "remove":
            del parts[place]
        case "foreign" if foreign:
            parts.insert(place, chance.choice(foreign))


def all_parts(container: Container, data: bytes) -> list[Part]:
    """Return the parts of the file, and those in them."""
    found, waiting = [], list(container.split(data[container.head :]))
    while waiting:
        part = waiting.pop()
        found.append(part)
        if (start := container.holders.get(part.name)) is not None:
            waiting += container.split(part.body[start:])
    return found
