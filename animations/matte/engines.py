"""Which engine makes the matte. No NumPy: the web process reads this file."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

AUTO: Final = "auto"
OWN: Final = "none"
"""The picture's own alpha."""
WHITE: Final = "white"
USUAL: Final = "rembg"
ENGINES: Final = (USUAL, "sam", "birefnet", WHITE, OWN)
NO_WHITE_GROUND: Final = (
    "There is no plain white background here that could be taken out. Choose another matte, or “auto”."
)


class Ground(StrEnum):
    """What a picture stands on, as `animations.matte.ground` measures it."""

    TRANSPARENT = "transparent"
    """On nothing: it is a cut-out already."""
    WHITE = "white"
    """On plain white, or nearly so."""
    OTHER = "other"


BY_GROUND: Final = {Ground.TRANSPARENT: OWN, Ground.WHITE: WHITE, Ground.OTHER: USUAL}


def engine_for(choice: str, ground: str) -> str:
    """What was chosen; for `auto` the cheapest engine that is exact on this ground, else the usual model."""
    return BY_GROUND[Ground(ground)] if choice == AUTO else choice


def engines_for_frames(grounds: list[Ground]) -> list[str]:
    """The engine of each frame of a clip under `auto`.

    Frames that are cut-outs keep their own alpha. All others get one engine, so that the edge does not flicker.
    """
    opaque = [ground for ground in grounds if ground != Ground.TRANSPARENT]
    together = WHITE if all(ground == Ground.WHITE for ground in opaque) else USUAL
    return [OWN if ground == Ground.TRANSPARENT else together for ground in grounds]


def asks_the_gpu(engine: str) -> bool:
    """Whether a matte by this engine costs GPU time."""
    return engine not in (WHITE, OWN)
