"""Send files a piece at a time, as fast as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, HttpResponseBase

PIECE: Final = 64 * 1024


class FileStreamingHandler(ASGIHandler):
    """Django's handler, which by itself takes a whole file into memory before it sends the first byte."""

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's response; a file is opened, and read while it is sent."""
        response = await super().run_get_response(request)
        if isinstance(response, FileResponse) and response.file_to_stream:
            length = 0 if request.method == "HEAD" else int(response.headers["Content-Length"])
            response.streaming_content = read_pieces(response.file_to_stream, length)
        return response


async def read_pieces(file: Any, length: int) -> AsyncIterator[bytes]:
    """Yield `length` bytes of a file, read in the thread of the request."""
    while length > 0 and (piece := await sync_to_async(_read)(file, min(PIECE, length))):
        length -= len(piece)
        yield piece


def _read(file: Any, size: int) -> bytes:
    close_old_connections()  # a database connection is not held for as long as a slow reader takes
    return bytes(file.read(size))
