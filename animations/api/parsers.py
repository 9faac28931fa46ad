"""Parse requests without files: JSON of what can be stored, and small forms."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import FormParser, JSONParser

from animations import strict_json


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


def _read_small(stream: Any) -> bytes:
    body: bytes = stream.read(strict_json.MAX_BYTES + 1)
    if len(body) > strict_json.MAX_BYTES:
        raise RequestDataTooBig
    return body
