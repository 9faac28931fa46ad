"""How a finished file is seen in a chat: what to warn of, and what mends it.

No pixels are read here: the web process imports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUNDS: Final = {"light": "#ffffff", "dark": "#1e1f22"}
"""The grounds of light and dark chats."""
MIN_SHARE: Final = 0.5
"""Of a silhouette: where less of it stands out from the ground, the eye has to guess the shape."""
MAX_FLASHES: Final = 3
"""In any one second, by WCAG 2.2 (2.3.1, Three Flashes or Below Threshold)."""
OUTLINE_WIDTH: Final = 0.06
"""Of the longer side: more than a pixel at 20 px."""
OUTLINES: Final = {"light": "#2b2d31", "dark": "#ffffff"}
"""The colour of an outline that stands out from each ground."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """The measures of a file. `light` and `dark`: the shares (0 to 1) of its silhouette that stand out there.

    `flashes` and `red_flashes`: the most in any one second.
    """

    light: float
    dark: float
    flashes: int
    red_flashes: int

    @property
    def faint_on(self) -> list[str]:
        """The grounds on which its shape is hard to make out."""
        return [ground for ground in GROUNDS if getattr(self, ground) < MIN_SHARE]

    @property
    def outline_colour(self) -> str | None:
        """The colour of an outline that makes it stand out where it does not; None where it does."""
        return OUTLINES[self.faint_on[0]] if self.faint_on else None

    @property
    def slow_down(self) -> float | None:
        """The factor by which the loop must last longer to keep within `MAX_FLASHES`; None where it does."""
        most = max(self.flashes, self.red_flashes)
        return round((most + 1) / MAX_FLASHES, 2) if most > MAX_FLASHES else None
