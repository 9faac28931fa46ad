"""Which engine makes the matte. No NumPy: the web process reads this file."""

from __future__ import annotations

from typing import Final

AUTO: Final = "auto"
OWN: Final = "none"
"""The picture's own alpha."""
WHITE: Final = "white"
USUAL: Final = "rembg"
ENGINES: Final = (USUAL, "sam", "birefnet", WHITE, OWN)


def engine_for(choice: str, has_alpha: bool) -> str:
    """`auto` keeps the picture's own transparency where it has some, and asks rembg where it has none."""
    if choice != AUTO:
        return choice
    return OWN if has_alpha else USUAL


def asks_the_gpu(engine: str) -> bool:
    """Whether a matte by this engine costs GPU time."""
    return engine not in (WHITE, OWN)
