"""Limit the sockets that one person has open with this process."""

from __future__ import annotations

from typing import Final

from django.conf import settings

MAX_PER_PERSON: Final = max(4, 20 // settings.WEB_PROCESSES)
"""Twenty with all processes together; a browser's tabs do not spread evenly over many, so each takes four."""


class TooManySockets(Exception):
    """The person has `MAX_PER_PERSON` sockets open already."""


class OpenSockets:
    """The open sockets of this process, by person. Used in the event loop only."""

    def __init__(self) -> None:
        self._people: dict[object, int | None] = {}

    def add(self, socket: object, person_id: int | None) -> None:
        """Count a socket of a person, until it is removed. Raises `TooManySockets`."""
        if list(self._people.values()).count(person_id) >= MAX_PER_PERSON:
            raise TooManySockets
        self._people[socket] = person_id

    def remove(self, socket: object) -> None:
        """Count a socket no longer. Does nothing for one that was not counted."""
        self._people.pop(socket, None)


open_sockets: Final = OpenSockets()
