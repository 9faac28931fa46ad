"""Parse requests: JSON of what can be stored, and forms with files whose names keep every letter."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, FormParser, JSONParser, MultiPartParser

from animations import strict_json
from animations.api.multipart import Utf8HeaderStream

BROWSER_ESCAPES: Final = {"%22": '"', "%0D": " ", "%0A": " "}
"""The escapes that browsers write for a quote and for line ends in a file's name, and for nothing else (WHATWG HTML,
multipart form data)."""
WINDOWS_PATH: Final = re.compile(r"(?:[A-Za-z]:)?\\(?:.*\\)?")
"""Old browsers send the whole path. A backslash in the middle of a name is a letter like another."""
BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all that follows, beyond the name itself."""
MAX_EXTENSION_LENGTH: Final = 10


class StrictJSONParser(JSONParser):
    """Parse JSON that is small, and holds only what can be stored."""

    def parse(self, stream: Any, *_args: Any, **_options: Any) -> Any:
        """Return the decoded body. Raises `ParseError`, and `RequestDataTooBig` for a large one."""
        try:
            return strict_json.loads(_read_small(stream))
        except strict_json.UnreadableJson as error:
            raise ParseError(f"JSON parse error - {error}") from error


class BoundedFormParser(FormParser):
    """Parse a form without files that is small."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the fields. Raises `RequestDataTooBig`."""
        return super().parse(io.BytesIO(_read_small(stream)), media_type, parser_context)


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


def _read_small(stream: Any) -> bytes:
    body: bytes = stream.read(strict_json.MAX_BYTES + 1)
    if len(body) > strict_json.MAX_BYTES:
        raise RequestDataTooBig
    return body


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
