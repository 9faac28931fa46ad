"""Translate a platform's rule, or what a file has of it: "square, 36, 40 or 44", "for ever", 128000."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from django.utils.translation import gettext

from animations.translation.texts import translated

Value = TypeVar("Value")
_EITHER: Final = re.compile(r"(\S+) or (\S+)")


def translated_rule(value: Value) -> Value | str:
    """Translate a value that is a text, as a whole or between its commas; numbers stay as they are."""
    if not isinstance(value, str):
        return value
    whole = translated(value)
    return whole if whole != value else ", ".join(_part(part) for part in value.split(", "))


def _part(part: str) -> str:
    if found := _EITHER.fullmatch(part):
        return gettext("%(first)s or %(last)s") % {"first": found[1], "last": found[2]}
    return translated(part)
