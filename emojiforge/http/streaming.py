"""Send files a chunk at a time, as fast as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from django.db import close_old_connections

from emojiforge.http.concurrency import ClientThreads

CHUNK_BYTES: Final = 16 * 1024


async def iter_chunks(threads: ClientThreads, file: Any, length: int) -> AsyncIterator[bytes]:
    """Yield `length` bytes of a file, each chunk read in whichever thread is free.

    Django by itself would take the whole file into memory before it sends the first byte.
    """
    while length > 0 and (chunk := await threads.run_patiently(_read, file, min(CHUNK_BYTES, length))):
        length -= len(chunk)
        yield chunk


def _read(file: Any, size: int) -> bytes:
    close_old_connections()  # a database connection is not held for as long as a slow reader takes
    return bytes(file.read(size))
