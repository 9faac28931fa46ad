"""The rules of each chat platform, as data. No pixels here: the web process reads them."""

from animations.encode.platforms.options import (
    DEFAULT_OPTIONS,
    DITHER,
    GROUNDS,
    MAX_LOOPS,
    PREFER,
    Dither,
    ExportOptions,
    Ground,
    Prefer,
    with_options,
)
from animations.encode.platforms.platform import (
    COUNTS_LOOPS,
    FOR_EVER,
    ONE_BIT,
    SIZE_IS_THE_LIMIT,
    Format,
    Platform,
    SizeRule,
    are_measured,
    either,
    limits,
    loop_words,
)
from animations.encode.platforms.table import PLATFORMS

__all__ = [
    "COUNTS_LOOPS",
    "DEFAULT_OPTIONS",
    "DITHER",
    "FOR_EVER",
    "GROUNDS",
    "MAX_LOOPS",
    "ONE_BIT",
    "PLATFORMS",
    "PREFER",
    "SIZE_IS_THE_LIMIT",
    "Dither",
    "ExportOptions",
    "Format",
    "Ground",
    "Platform",
    "Prefer",
    "SizeRule",
    "are_measured",
    "either",
    "limits",
    "loop_words",
    "with_options",
]
