"""Pass a request's body to the application in chunks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any, Final

CHUNK_BYTES: Final = 64 * 1024

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]


class BodyReader:
    """ASGI middleware that reads the body from a file, `scope["body"]`, and not from memory."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        """Run the application for one request or socket."""
        body = scope.pop("body", None)
        if body is not None:
            receive = receive_from_file(body, receive)
        await self._application(scope, receive, send)


def receive_from_file(body: IO[bytes], receive: Receive) -> Receive:
    """Return a `receive` that yields the chunks of a file, and then the server's own messages."""

    async def receive_chunk() -> Message:
        chunk = b"" if body.closed else body.read(CHUNK_BYTES)
        if not chunk:
            body.close()
            return await receive()
        await asyncio.sleep(0)  # let other tasks run
        return {"type": "http.request", "body": chunk, "more_body": True}

    return receive_chunk
