"""Requests whose body is bounded before it is read.

Left to itself, daphne lets Twisted take in a body of any size and parse its form in memory: 13 GB for a refused
gigabyte. Here a body is refused by its Content-Length, or once more than `REQUEST_MAX_BYTES` have come, and the form
is left to Django, which reads it from a file. To Django a body has no more than its Content-Length, so a chunked body
gets one once it is all there.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from daphne.http_protocol import WebRequest
from django.conf import settings

LINGER: Final = 10.0
"""Seconds for which a refused sender is still listened to, and ignored, so that it comes to read the answer: to close
while it sends would reset the connection and lose the answer with it."""
BAD_REQUEST: Final = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """A request that is refused, and never reaches the application, when its body is too large or of two lengths."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flow = self.channel.flow
        self._parsePOSTFormSubmission = False
        self._body_bytes = 0
        self._refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        """Act on the headers, which are all in; `length` is None for a chunked body."""
        super().gotLength(length)
        if length is not None and self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            # Two lengths: whoever stands before us may have believed the other (request smuggling, RFC 9112, 6.1).
            self._refuse(BAD_REQUEST)
        elif length is not None and length > settings.REQUEST_MAX_BYTES:
            self._refuse(too_large_response(self.channel._path))

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self._body_bytes += len(data)
        if self._refused:
            return
        if self._body_bytes > settings.REQUEST_MAX_BYTES:
            self._refuse(too_large_response(self.channel._path))
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  Twisted's name
        if self._refused:
            return
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):  # taken apart by now (RFC 9112, 7.1.3)
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self._body_bytes])
        super().requestReceived(command, path, version)

    def _refuse(self, answer: bytes) -> None:
        self._refused = True
        self.content.truncate(0)
        self.requestHeaders.removeHeader(b"Expect")  # or Twisted would ask for the body after all
        self.channel.persistent = False
        transport = self.channel.transport
        transport.write(answer)
        transport.loseWriteConnection()
        asyncio.get_running_loop().call_later(LINGER, transport.abortConnection)


def too_large_response(path: bytes) -> bytes:
    """Write a whole HTTP response, 413: in the API's shape of errors for its paths, else in plain words."""
    detail = f"This is too large to send: at most {settings.REQUEST_MAX_BYTES // 1_000_000} MB are read."
    if path.startswith(b"/api/"):
        error = {"code": "too_large", "detail": detail, "attr": None}
        body = json.dumps({"type": "client_error", "errors": [error]}).encode()
        kind = b"application/json"
    else:
        body, kind = detail.encode(), b"text/plain; charset=utf-8"
    head = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (kind, len(body)) + body
