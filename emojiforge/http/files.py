"""Send files a piece at a time, as fast as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections

PIECE: Final = 64 * 1024


async def read_pieces(file: Any, length: int) -> AsyncIterator[bytes]:
    """Yield `length` bytes of a file, read in the thread of the request.

    Django by itself would take the whole file into memory before it sends the first byte.
    """
    while length > 0 and (piece := await sync_to_async(_read)(file, min(PIECE, length))):
        length -= len(piece)
        yield piece


def _read(file: Any, size: int) -> bytes:
    close_old_connections()  # a database connection is not held for as long as a slow reader takes
    return bytes(file.read(size))
