"""Parse forms with files, whose names keep every letter and whose headers need not be UTF-8."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, Protocol

from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser

from animations import strict_json

BROWSER_ESCAPES: Final = {"%22": '"', "%0D": " ", "%0A": " "}
"""The escapes that browsers write for a quote and for line ends in a file's name, and for nothing else (WHATWG HTML,
multipart form data)."""
WINDOWS_PATH: Final = re.compile(r"(?:[A-Za-z]:)?\\(?:.*\\)?")
"""Old browsers send the whole path. A backslash in the middle of a name is a letter like another."""
BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all that follows, beyond the name itself."""
MAX_EXTENSION_LENGTH: Final = 10
MAX_HEADER_BYTES: Final = 1024
"""Bytes: Django refuses a form with a longer one (`multipartparser.MAX_TOTAL_HEADER_SIZE`)."""
WINDOWS_1252: Final = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
"""By the surrogate that stands for a byte which is no UTF-8: what browsers read as "Latin-1" (WHATWG Encoding)."""


class FileFormParser(MultiPartParser):
    """Parse multipart forms with another rule for file names than Django's."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        """Return the fields and the files. Raises `ParseError` for a broken form."""
        request = (parser_context or {})["request"]
        meta = request.META | {"CONTENT_TYPE": media_type}
        try:
            data, uploads = _Form(meta, stream, request.upload_handlers, "utf-8").parse()
            strict_json.check([dict(data.lists()), *uploads])
        except (
            MultiPartParserError,
            LookupError,
            strict_json.UnreadableJson,
        ) as error:  # LookupError: `name*=odd''x`
            raise ParseError(f"This form cannot be read: {error}") from error
        return DataAndFiles(data, uploads)


class _Form(DjangoMultiPartParser):
    _boundary: bytes

    def __init__(self, meta: Mapping[str, Any], stream: Any, handlers: list[Any], encoding: str) -> None:
        super().__init__(meta, stream, handlers, encoding)
        self._input_data = Utf8HeaderStream(stream, self._boundary)

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return the name without folders and control characters, or None where nothing is left.

        Django's own drops what joins the parts of an emoji, reads HTML entities, and cuts at any backslash.
        """
        name = re.sub(
            "|".join(BROWSER_ESCAPES), lambda found: BROWSER_ESCAPES[found[0].upper()], file_name, flags=re.IGNORECASE
        )
        name = name.rsplit("/", 1)[-1]
        path = WINDOWS_PATH.match(name)
        name = "".join(map(_printable, name[path.end() if path else 0 :])).strip()
        if name.strip(".") == "":
            return None
        dot = name.rfind(".")
        # Django names a temporary file by the ending: one that is none must not make that too long.
        return f"{name}.upload" if 0 <= dot < len(name) - MAX_EXTENSION_LENGTH else name


def _printable(letter: str) -> str:
    """Return the letter, a space for one that breaks the line, and nothing for one that no name needs."""
    kind = unicodedata.category(letter)
    if kind in {"Cc", "Zl", "Zp"}:
        return " " if letter.isspace() else ""
    return "" if kind in {"Cs", "Cn"} or letter in BIDI_CONTROLS else letter


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
