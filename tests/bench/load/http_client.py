"""A cheap HTTP client: one connection that is kept, one request at a time. The load shares the machine with web."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Answer:
    """The status, and the length of the body as it was sent."""

    status: int
    length: int


class HttpClient:
    """A person's browser, which sends the session's cookie and asks for compressed answers."""

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        csrf = "0" * 32
        self._headers = (
            f"Host: 127.0.0.1:{port}\r\nCookie: sessionid={session}; csrftoken={csrf}\r\nX-CSRFToken: {csrf}\r\n"
            f"Accept-Encoding: gzip\r\nAccept: application/json\r\n"
        )

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def request(self, method: str, path: str, body: bytes = b"", etag: str = "") -> Answer:
        """Send a request and read the whole answer."""
        lines = f"If-None-Match: {etag}\r\n" if etag else ""
        if body:
            lines += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{self._headers}{lines}\r\n".encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
        status = int(head.split(" ", 2)[1])
        length = int(head.partition("content-length: ")[2].partition("\r")[0] or 0)
        assert status == 304 or "content-length: " in head, f"an answer without its length: {head}"
        if status != 304:
            await self._reader.readexactly(length)
        return Answer(status, length)
