"""Send files a piece at a time, as fast as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from django.db import close_old_connections

from emojiforge.http.threads import run_in_thread

CHUNK_BYTES: Final = 64 * 1024


async def iter_chunks(file: Any, length: int) -> AsyncIterator[bytes]:
    """Yield `length` bytes of a file, each in whichever thread is free.

    Django by itself would take the whole file into memory before it sends the first byte.
    """
    while length > 0 and (piece := await run_in_thread(_read, file, min(CHUNK_BYTES, length))):
        length -= len(piece)
        yield piece


def _read(file: Any, size: int) -> bytes:
    close_old_connections()  # a database connection is not held for as long as a slow reader takes
    return bytes(file.read(size))
