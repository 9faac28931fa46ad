"""Requests whose body is limited before it is read.

By default daphne lets Twisted receive a body of any size and parse its form in memory: 13 GB for a refused gigabyte.
Here a body is refused by its headers, or as soon as more than its limit has arrived. It is kept in a file, which the
application reads in chunks, and Django parses the form. Django reads no more of a body than its Content-Length, so a
chunked body is given one once it is complete.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from daphne.http_protocol import WebRequest
from django.conf import settings

from animations.networks import client_address, network_of
from emojiforge.http import body_limits
from emojiforge.http.error_responses import (
    AMBIGUOUS_LENGTH,
    DISK_FULL,
    NOT_SIGNED_IN,
    TOO_LARGE,
    TOO_LARGE_UNAUTHENTICATED,
    ErrorResponse,
    is_api,
)

LINGER_SECONDS: Final = 10.0
"""How long a refused connection stays open (a lingering close): closing it while the client sends would reset it, and
the client would never see the response."""
SPOOL_BYTES: Final = 16 * 1024
"""The part of a body that is kept in memory; a longer one goes to a file."""


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """A request that does not reach the application if its body is too large, too slow or from an unknown sender."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flow = self.channel.flow
        self.body_bytes = 0
        self.content: IO[bytes] | None = None
        self._parsePOSTFormSubmission = False
        self._is_refused = False
        self._is_complete = False
        self._credential: body_limits.Credential | None = None
        self._sender_check: asyncio.Task[None] | None = None
        self._large_body_sender: body_limits.Sender | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        """Check the headers, which are complete; `length` is None for a chunked body."""
        self.content = SpooledTemporaryFile(  # noqa: SIM115  closed by whoever reads it
            SPOOL_BYTES, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )
        path = self.channel._path.partition(b"?")[0]
        self._credential = body_limits.find_credential(path, self.requestHeaders, self.received_cookies)
        if length is not None and self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            # A proxy may have used the other length (request smuggling, RFC 9112, 6.1).
            self.refuse(AMBIGUOUS_LENGTH)
        else:
            self._refuse_unless_readable(length or 0)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.body_bytes += len(data)
        if not self._is_refused:
            self._refuse_unless_readable(self.body_bytes)
        if not self._is_refused:
            self._keep(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  Twisted's name
        self._is_complete = True
        self._end_large_body()
        if self._is_refused:
            return
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):  # decoded by now (RFC 9112, 7.1.3)
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % self.body_bytes])
        super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  Twisted's name
        self._end_large_body()
        super().connectionLost(reason)

    def detach_body(self) -> IO[bytes] | None:
        """Return the body and leave an empty one to daphne, which would read it into memory."""
        body, self.content = self.content, BytesIO()
        return body

    def refuse(self, response: ErrorResponse) -> None:
        """Send an error response now, and ignore the rest of the request."""
        if self._is_refused:
            return
        self._is_refused = True
        self._end_large_body()
        if self.content:
            with suppress(OSError):  # its buffer may hold bytes for which the disk has no room
                self.content.close()
        self.requestHeaders.removeHeader(b"Expect")  # or Twisted would ask for the body after all
        self.channel.persistent = False
        transport = self.channel.transport
        transport.write(response.encode(self.channel._path))
        transport.loseWriteConnection()
        asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abortConnection)

    def _keep(self, data: bytes) -> None:
        """Write a part of the body, all of it: one that waits in a buffer could fail when the body is read."""
        try:
            super().handleContentChunk(data)
            if self.content:
                self.content.flush()
        except OSError:  # the disk is full
            self.refuse(DISK_FULL)

    def _refuse_unless_readable(self, length: int) -> None:
        """Refuse a body of at least this length if it is too large or its sender may not send it."""
        if length > settings.REQUEST_MAX_BYTES:
            self.refuse(TOO_LARGE)
        elif length > body_limits.MAX_SMALL_BYTES and self._sender_check is None:
            self._begin_large_body()

    def _begin_large_body(self) -> None:
        """Pause reading until the sender is known."""
        if self._credential is None:
            self.refuse(self._not_signed_in())
        else:
            self.channel.pause_reading()
            self._sender_check = asyncio.ensure_future(self._check_sender(self.channel, self._credential))

    async def _check_sender(self, channel: Any, credential: body_limits.Credential) -> None:
        sender = await body_limits.find_sender(credential)
        if self.channel is channel and not self._is_complete:
            response = body_limits.begin_large_body(sender, self._address()) if sender else self._not_signed_in()
            if response:
                self.refuse(response)
            else:
                self._large_body_sender = sender
                channel.connections.set_idle(channel.transport, False)
        channel.resume_reading()

    def _address(self) -> str:
        forwarded_for = self.requestHeaders.getRawHeaders("X-Forwarded-For", [])
        return network_of(client_address(self.client.host, ",".join(forwarded_for)))

    def _not_signed_in(self) -> ErrorResponse:
        return NOT_SIGNED_IN if is_api(self.channel._path) else TOO_LARGE_UNAUTHENTICATED

    def _end_large_body(self) -> None:
        if self._large_body_sender is not None:
            body_limits.end_large_body(self._large_body_sender, self._address())
            self._large_body_sender = None
