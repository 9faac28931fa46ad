"""Read once what many sockets of a project ask for at the same time, as after a hint, which wakes them all."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import translation

from animations.consumers.auth import Subscriber
from animations.consumers.changes import Answer, Asked, Text, changes_for

GATHER_S: Final = 0.02
"""A read waits so long for other sockets of its project."""

_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="socket")
"""Two, so that one read which waits for the database does not hold up the others."""
in_reader_thread = partial(database_sync_to_async, thread_sensitive=False, executor=_READERS)


class _Read:
    """One reading of a project, for all who ask in one language before it begins."""

    def __init__(self, project_id: UUID, language: str) -> None:
        self.asked: set[Asked] = set()
        self.answers = asyncio.create_task(self._answers(project_id, language))

    async def _answers(self, project_id: UUID, language: str) -> dict[Asked, Answer]:
        try:
            await asyncio.sleep(GATHER_S)
        finally:
            # Who comes later may know of a newer change: theirs is another read.
            _gathering.pop((project_id, language), None)
        answers: dict[Asked, Answer] = await in_reader_thread(_changes_in)(language, project_id, self.asked)
        return answers


_gathering: Final[dict[tuple[UUID, str], _Read]] = {}


def _changes_in(language: str, project_id: UUID, asked: set[Asked]) -> dict[Asked, Answer]:
    with translation.override(language):
        return changes_for(project_id, asked)


async def read_together(project_id: UUID, subscriber: Subscriber, sent: int | None, language: str) -> list[Text]:
    """Return the messages that the subscriber lacks, in their language.

    Raises `SignedOut`, `Gone`, or what the database raised.
    """
    if (read := _gathering.get((project_id, language))) is None:
        read = _gathering[project_id, language] = _Read(project_id, language)
    read.asked.add((subscriber, sent))
    answers = await asyncio.shield(read.answers)  # when one socket closes, the others still get theirs
    answer = answers[subscriber, sent]
    if isinstance(answer, type):
        raise answer
    return answer
