"""Read a webhook's body as it passes by, keeping only the strings that are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import ijson

BASE64: Final = re.compile(rb"([A-Za-z0-9+/=_-]{8})[A-Za-z0-9+/=_-]{192,}")
"""Its first bytes stay, as they may be the rest of an escape. The space after them makes it no id."""
MAX_EVENTS: Final = 20_000
"""Of the JSON parser; a pack of sixty frames has a few hundred. A body with more is not read to the end."""
MAX_BYTES: Final = 1_000_000
"""Of the body without its base64, since the parser keeps a string until its end."""


def read_top_level_strings(chunks: Iterable[bytes], names: frozenset[str]) -> dict[str, str]:
    """Return the strings that the outermost object holds under `names`; of what is no JSON, those before the error.

    The body repeats the pictures that were sent and the mattes that came of them, up to twenty megabytes: their
    base64 is cut out before the parser sees it.
    """
    strings = _TopLevelStrings(names)
    parser = ijson.basic_parse_coro(strings)
    parsed_bytes = 0
    # ijson lets through what Python cannot make of a lone surrogate (ValueError) or of 1e99… (ArithmeticError).
    with suppress(ijson.JSONError, ValueError, ArithmeticError):
        for chunk in chunks:
            kept = BASE64.sub(rb"\1 ", chunk)
            parsed_bytes += len(kept)
            if parsed_bytes > MAX_BYTES:
                break
            parser.send(kept or b" ")  # an empty one would be the end
            if strings.events > MAX_EVENTS or strings.found.keys() == names:
                break
    return strings.found


class _TopLevelStrings:
    """Receives the events of ijson's parser."""

    def __init__(self, names: frozenset[str]) -> None:
        self.found: dict[str, str] = {}
        self.events = 0
        self._names = names
        self._depth = 0
        self._key = ""

    def send(self, event: tuple[str, Any]) -> None:
        kind, value = event
        self.events += 1
        if kind in ("start_map", "start_array"):
            self._depth += 1
        elif kind in ("end_map", "end_array"):
            self._depth -= 1
        elif self._depth == 1 and kind == "map_key":
            self._key = value
        elif self._depth == 1 and kind == "string" and self._key in self._names:
            self.found[self._key] = value
