"""Queue uploads for decoding: one file of a person at a time, and few on the machine.

A person who sends many slow files delays only their own. All processes of the machine share the slots: each is a lock
on a file, which the kernel releases when a process is killed.
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

SLOTS: Final = max(2, min(4, os.cpu_count() or 1))
"""Files decoded at the same time on this machine; each may take 400 MB. With two, one person never holds all."""
WAIT_SECONDS: Final = 15.0
"""The longest that a file waits for a slot."""
POLL_SECONDS: Final = 0.05


@dataclass(eq=False, slots=True)
class _Waiter:
    person: str


class DecodeQueue:
    """The files that wait in this process for one of the slots in `folder`, first come, first served.

    After a person's file was decoded, their other files wait behind everybody else's.
    """

    def __init__(self, folder: Path, slots: int = SLOTS) -> None:
        folder.mkdir(exist_ok=True)
        self._slots = [folder / f"{number}.lock" for number in range(slots)]
        self._lock = threading.Lock()
        self._waiting: list[_Waiter] = []
        self._decoding: set[str] = set()

    @contextmanager
    def acquire(self, person: str, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold a slot for the person. Raises `Busy` after `seconds`, or `TooManyAtOnce` behind their own files."""
        slot = self._wait(_Waiter(person), time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._lock:
                self._decoding.discard(person)
                self._move_to_back(person)
                slot.truncate(0)
                slot.close()

    def _wait(self, file: _Waiter, until: float) -> TextIOWrapper:
        with self._lock:
            self._waiting.append(file)
        try:
            while (slot := self._try_acquire(file)) is None:
                if time.monotonic() > until:
                    raise self._timeout_error(file)
                time.sleep(POLL_SECONDS)
        finally:
            with self._lock:
                self._waiting.remove(file)
        return slot

    def _try_acquire(self, file: _Waiter) -> TextIOWrapper | None:
        """Return a locked slot if this file is the next and one is free."""
        with self._lock:
            if file is not next((one for one in self._waiting if one.person not in self._decoding), None):
                return None
            free, held_by = self._lock_free_slots()
            slot = free.pop() if free and file.person not in held_by else None
            for one in free:
                one.close()
            if slot:
                self._decoding.add(file.person)
                _write_holder(slot, file.person)
            elif file.person in held_by:  # in another process
                self._move_to_back(file.person)
        return slot

    def _lock_free_slots(self) -> tuple[list[TextIOWrapper], set[str]]:
        """Lock all free slots; return them, and the people who hold the others."""
        free: list[TextIOWrapper] = []
        held_by: set[str] = set()
        for path in self._slots:
            slot = path.open("a+")
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                free.append(slot)
            except BlockingIOError:
                slot.seek(0)
                held_by.add(slot.read())
                slot.close()
        return free, held_by

    def _move_to_back(self, person: str) -> None:
        self._waiting.sort(key=lambda one: one.person == person)

    def _timeout_error(self, file: _Waiter) -> Busy:
        with self._lock:
            others = [one.person for one in self._waiting if one is not file]
            return TooManyAtOnce() if file.person in {*others, *self._decoding} else Busy()


def _write_holder(slot: TextIOWrapper, person: str) -> None:
    with suppress(OSError):  # a full disk: then two processes may decode for one person
        slot.truncate(0)
        slot.write(person)
        slot.flush()
