"""The time for which a frame of a GIF, APNG, WebP or AVIF is shown: what its file says, as browsers take it."""

from __future__ import annotations

from typing import Final

IGNORED_DELAY_MS: Final = 10
DEFAULT_DELAY_MS: Final = 100


def browser_delay_ms(delay_ms: float) -> int:
    """Return for how long browsers show a frame with this delay in its file."""
    return DEFAULT_DELAY_MS if delay_ms <= IGNORED_DELAY_MS else round(delay_ms)
