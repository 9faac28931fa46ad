"""Take turns at decoding: one file of a person at a time, and few at once on one machine.

A person who sends many slow files waits for themselves alone. Places are shared by all processes of a machine: each
is a lock on a file, which the kernel takes back from a process that is killed.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from animations.ingest.errors import Busy, TooManyAtOnce

PLACES: Final = max(2, min(4, os.cpu_count() or 1))
"""Files decoded at once on this machine; each may take 400 MB. With two, one person can never hold all."""
WAIT_SECONDS: Final = 15.0
"""For one file to wait its turn."""
POLL_SECONDS: Final = 0.05


@dataclass(eq=False, slots=True)
class _Waiting:
    person: str


class DecodeQueue:
    """The files that wait in this process for one of the places in `folder`, first come, first served.

    Whoever has had a turn stands behind everybody else with the rest of their files.
    """

    def __init__(self, folder: Path, places: int = PLACES) -> None:
        folder.mkdir(exist_ok=True)
        self._places = [folder / f"{number}.lock" for number in range(places)]
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._decoding: set[str] = set()

    @contextmanager
    def turn(self, person: str, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Wait for the person's turn and hold it. Raises `Busy`; `TooManyAtOnce` where they wait for themselves."""
        place = self._wait(_Waiting(person), time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._guard:
                self._decoding.discard(person)
                self._stand_back(person)
                place.truncate(0)
                place.close()

    def _wait(self, file: _Waiting, until: float) -> TextIOWrapper:
        with self._guard:
            self._waiting.append(file)
        try:
            while (place := self._take_place(file)) is None:
                if time.monotonic() > until:
                    raise self._refusal(file)
                time.sleep(POLL_SECONDS)
        finally:
            with self._guard:
                self._waiting.remove(file)
        return place

    def _take_place(self, file: _Waiting) -> TextIOWrapper | None:
        """Return a locked place if it is this file's turn and one is free."""
        with self._guard:
            if file is not next((one for one in self._waiting if one.person not in self._decoding), None):
                return None
            free, held_by = self._look()
            place = free.pop() if free and file.person not in held_by else None
            for one in free:
                one.close()
            if place:
                self._decoding.add(file.person)
                _name_holder(place, file.person)
            elif file.person in held_by:  # in another process
                self._stand_back(file.person)
        return place

    def _look(self) -> tuple[list[TextIOWrapper], set[str]]:
        """Lock all free places; return them, and the persons who hold the others."""
        free: list[TextIOWrapper] = []
        held_by: set[str] = set()
        for path in self._places:
            place = path.open("a+")
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                free.append(place)
            except BlockingIOError:
                place.seek(0)
                held_by.add(place.read())
                place.close()
        return free, held_by

    def _stand_back(self, person: str) -> None:
        self._waiting.sort(key=lambda one: one.person == person)

    def _refusal(self, file: _Waiting) -> Busy:
        with self._guard:
            others = [one.person for one in self._waiting if one is not file]
            return TooManyAtOnce() if file.person in {*others, *self._decoding} else Busy()


def _name_holder(place: TextIOWrapper, person: str) -> None:
    with suppress(OSError):  # a full disk: then two processes may decode for one person
        place.truncate(0)
        place.write(person)
        place.flush()
