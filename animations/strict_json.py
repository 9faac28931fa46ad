"""Parse JSON and keep only what every database and every answer can hold: text, and numbers of 64 bits."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final

MAX_BYTES: Final = 1_000_000
"""Of a body; parsed, a list of empty lists takes twenty times as much."""
MAX_DEPTH: Final = 32
INTEGERS: Final = range(-(2**63), 2**63)
NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL stores no NUL, and UTF-8 has no lone surrogate."""


class UnreadableJson(ValueError):
    """This is no JSON, or holds what cannot be stored; the message says which in a sentence."""


def loads(body: bytes) -> Any:
    """Return the decoded body. Raises `UnreadableJson`."""
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableJson("This is not JSON, or is nested too deeply.") from error
    check(value)
    return value


def check(value: Any) -> None:
    """Raise `UnreadableJson` for a value that holds what cannot be stored, in its keys too."""
    level: Iterable[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _contents(one)]
        if not level:
            return
    raise UnreadableJson("It is nested too deeply.")


def _contents(value: Any) -> Iterable[Any]:
    """Return what a list or an object holds, of anything else nothing. Raises `UnreadableJson`."""
    match value:
        case dict():
            return [*value, *value.values()]
        case list():
            return value
        case str() if NO_TEXT.search(value):
            raise UnreadableJson("A text holds a character that is none: NUL or half of a surrogate pair.")
        case int() if value not in INTEGERS:
            raise UnreadableJson("A number is too large.")
        case float() if not math.isfinite(value):
            raise UnreadableJson("A number is not finite.")
    return ()
