"""Requests whose body is bounded before it is read.

Left to itself, daphne lets Twisted take in a body of any size and parse its form in memory: 13 GB for a refused
gigabyte. Here a body is refused by its headers, or once more than its bound has come; what comes is kept in a file,
which the application reads bit by bit, and the form is left to Django. To Django a body has no more than its
Content-Length, so a chunked body gets one once it is all there.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from daphne.http_protocol import WebRequest
from django.conf import settings

from emojiforge.http import bodies
from emojiforge.http.refusals import (
    NO_ROOM,
    NOT_SIGNED_IN,
    TOO_LARGE,
    TOO_LARGE_FOR_STRANGERS,
    TWO_LENGTHS,
    Refusal,
)

LINGER: Final = 10.0
"""Seconds for which a refused sender is still listened to, and ignored, so that it comes to read the answer: to close
while it sends would reset the connection and lose the answer with it."""
SPOOL_BYTES: Final = 16 * 1024
"""What is kept of a body in memory; a longer one goes to a file."""


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """A request that never reaches the application when its body is too large, too slow, or a stranger's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flow = self.channel.flow
        self.body_bytes = 0
        self.content: IO[bytes] | None = None
        self._parsePOSTFormSubmission = False
        self._refused = False
        self._arrived = False
        self._credential: bodies.Credential | None = None
        self._admission: asyncio.Task[None] | None = None
        self._large_from: str | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        """Act on the headers, which are all in; `length` is None for a chunked body."""
        self.content = SpooledTemporaryFile(  # noqa: SIM115  closed by whoever reads it
            SPOOL_BYTES, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )
        path = self.channel._path.partition(b"?")[0]
        self._credential = bodies.find_credential(path, self.requestHeaders, self.received_cookies)
        if length is not None and self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            # Whoever stands before us may have believed the other length (request smuggling, RFC 9112, 6.1).
            self.refuse(TWO_LENGTHS)
        else:
            self._refuse_unless_readable(length or 0)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.body_bytes += len(data)
        if not self._refused:
            self._refuse_unless_readable(self.body_bytes)
        if not self._refused:
            try:
                super().handleContentChunk(data)
            except OSError:  # the disk is full
                self.refuse(NO_ROOM)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  Twisted's name
        self._arrived = True
        self._end_large()
        if self._refused:
            return
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):  # taken apart by now (RFC 9112, 7.1.3)
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self.body_bytes])
        super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  Twisted's name
        self._end_large()
        super().connectionLost(reason)

    def take_body(self) -> IO[bytes] | None:
        """Return the body, which daphne would put into memory at once; to daphne there is none any more."""
        body, self.content = self.content, BytesIO()
        return body

    def refuse(self, refusal: Refusal) -> None:
        """Answer at once, and ignore whatever else comes."""
        if self._refused:
            return
        self._refused = True
        self._end_large()
        if self.content:
            self.content.truncate(0)
        self.requestHeaders.removeHeader(b"Expect")  # or Twisted would ask for the body after all
        self.channel.persistent = False
        transport = self.channel.transport
        transport.write(refusal.response(self.channel._path))
        transport.loseWriteConnection()
        asyncio.get_running_loop().call_later(LINGER, transport.abortConnection)

    def _refuse_unless_readable(self, length: int) -> None:
        """Refuse a body of which so much is known to come."""
        if length > settings.REQUEST_MAX_BYTES:
            self.refuse(TOO_LARGE)
        elif length > bodies.SMALL and self._admission is None:
            self._begin_large()

    def _begin_large(self) -> None:
        """Stop reading until it is known who sends this."""
        if self._credential is None:
            self.refuse(self._not_signed_in())
        else:
            self.channel.pause_reading()
            self._admission = asyncio.ensure_future(self._admit_large(self.channel, self._credential))

    async def _admit_large(self, channel: Any, credential: bodies.Credential) -> None:
        sender = await bodies.find_sender(credential)
        if self.channel is channel and not self._arrived:
            refusal = bodies.begin_large(sender) if sender else self._not_signed_in()
            if refusal:
                self.refuse(refusal)
            else:
                self._large_from = sender
                channel.connections.set_idle(channel.transport, False)
        channel.resume_reading()

    def _not_signed_in(self) -> Refusal:
        return NOT_SIGNED_IN if self.channel._path.startswith(b"/api/") else TOO_LARGE_FOR_STRANGERS

    def _end_large(self) -> None:
        if self._large_from is not None:
            bodies.end_large(self._large_from)
            self._large_from = None
