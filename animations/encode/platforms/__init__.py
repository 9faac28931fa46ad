"""The rules of each chat platform, as data. No pixels here: the web process reads them."""

from animations.encode.platforms.platform import (
    FOR_EVER,
    ONE_BIT,
    Format,
    Platform,
    Rule,
    SizeRule,
    limits,
    loop_words,
    rules,
)
from animations.encode.platforms.table import PLATFORMS

__all__ = [
    "FOR_EVER",
    "ONE_BIT",
    "PLATFORMS",
    "Format",
    "Platform",
    "Rule",
    "SizeRule",
    "limits",
    "loop_words",
    "rules",
]
