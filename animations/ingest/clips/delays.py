"""Read the delays of frames as browsers do: one of 10 ms or less in a file is shown for 100 ms."""

from __future__ import annotations

from typing import Final

IGNORED_DELAY_MS: Final = 10
DEFAULT_DELAY_MS: Final = 100


def browser_delay_ms(delay_ms: float) -> int:
    """Return for how long browsers show a frame with this delay in its file."""
    return DEFAULT_DELAY_MS if delay_ms <= IGNORED_DELAY_MS else round(delay_ms)
