"""Hand a request's body to the application a piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any, Final

CHUNK_BYTES: Final = 64 * 1024

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]


class BodyReader:
    """An ASGI application around another: the body comes out of a file, `scope["body"]`, and not out of memory."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        """Run the application for one request or socket."""
        body = scope.pop("body", None)
        if body is not None:
            receive = receive_from_file(body, receive)
        await self._application(scope, receive, send)


def receive_from_file(body: IO[bytes], receive: Receive) -> Receive:
    """Return a `receive` that gives the pieces of a file, and then what the server has to say."""

    async def receive_piece() -> Message:
        piece = b"" if body.closed else body.read(CHUNK_BYTES)
        if not piece:
            body.close()
            return await receive()
        await asyncio.sleep(0)  # let others have their turn
        return {"type": "http.request", "body": piece, "more_body": True}

    return receive_piece
