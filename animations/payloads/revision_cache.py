"""What was read of a project's rows in one language, kept for as long as its revision stays the same.

Every change that somebody should see raises the project's revision, so what belongs to one revision stays true. It is
kept by each process for itself; who may see the project is asked before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from animations.models import Project

Value = TypeVar("Value")


class RevisionCache(Generic[Value]):
    """The values that were used last, up to `capacity` in the unit of `weigh`; one for each project and language."""

    def __init__(self, capacity: int, weigh: Callable[[Value], int]) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._weight = 0
        self._kept: OrderedDict[tuple[UUID, str | None], tuple[int, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, project: Project) -> Value | None:
        """Return the value of the project's revision, or None."""
        key = (project.pk, get_language())
        with self._lock:
            revision, value = self._kept.get(key, (None, None))
            if revision != project.revision:
                return None
            self._kept.move_to_end(key)
            return value

    def put(self, project: Project, value: Value) -> None:
        """Keep the value, which was read after the project's row was.

        Inside a transaction nothing is kept: what it has changed may be taken back, and its revision given again.
        """
        if connection.in_atomic_block:
            return
        key = (project.pk, get_language())
        with self._lock:
            _, replaced = self._kept.pop(key, (0, None))
            self._weight -= self._weigh(replaced) if replaced is not None else 0
            self._kept[key] = (project.revision, value)
            self._weight += self._weigh(value)
            while self._weight > self._capacity:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._weight -= self._weigh(oldest)
