"""Make the headers of a multipart form UTF-8 for Django's parser, which drops a part with any other."""

from __future__ import annotations

import re
from typing import Final, Protocol

MAX_HEADER_BYTES: Final = 1024
"""Bytes: Django refuses a form with a longer one (`multipartparser.MAX_TOTAL_HEADER_SIZE`)."""
WINDOWS_1252: Final = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
"""By the surrogate that stands for a byte which is no UTF-8: what browsers read as "Latin-1" (WHATWG Encoding)."""


class ReadableStream(Protocol):
    """A stream that a body is read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes."""


class Utf8HeaderStream:
    """The stream of a form with `boundary`, in which the headers of all parts are UTF-8.

    A byte of a header that is not, as clients that speak Latin-1 send it, is read as Windows-1252. The contents of
    the parts are left alone. The parts are found as Django finds them: a header is what follows the separator, up to
    an empty line, and no longer than Django takes.
    """

    def __init__(self, stream: ReadableStream, boundary: bytes) -> None:
        self._stream = stream
        self._separator = b"--" + boundary
        self._start = re.compile(re.escape(self._separator))
        self._end = re.compile(b"\r\n\r\n|" + re.escape(self._separator))
        self._held = b""
        self._in_header = False

    def read(self, size: int) -> bytes:
        """Return the next bytes, of which there may be more or fewer than `size`; none at the end."""
        while chunk := self._stream.read(size):
            self._held += chunk
            if passed := self._take_certain():
                return passed
        rest, self._held = self._held, b""
        return rest

    def _take_certain(self) -> bytes:
        """Return the held bytes of which it is certain whether they are header or content."""
        passed = []
        while found := (self._end if self._in_header else self._start).search(self._held):
            before, after = self._held[: found.start()], found[0]
            passed.append((_to_utf8(before) if self._in_header else before) + after)
            self._held = self._held[found.end() :]
            self._in_header = after == self._separator
        if self._in_header and len(self._held) < MAX_HEADER_BYTES:
            return b"".join(passed)
        self._in_header = False
        certain = max(0, len(self._held) - len(self._separator) + 1)
        passed.append(self._held[:certain])
        self._held = self._held[certain:]
        return b"".join(passed)


def _to_utf8(header: bytes) -> bytes:
    return header.decode("utf-8", "surrogateescape").translate(WINDOWS_1252).encode()
