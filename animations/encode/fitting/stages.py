"""The ways in which a file becomes smaller, and for each wish their order."""

from dataclasses import dataclass
from typing import Final

from animations.encode.platforms import Prefer


@dataclass(frozen=True, slots=True)
class Stage:
    """A share of the frames that is kept, which of the scale's floors quality may fall to, a share of the sides."""

    frames: float
    floor: int = 2
    sides: float = 1.0


_LAST: Final = (Stage(1 / 2, 2, 1 / 2), Stage(1 / 4, 2, 1 / 2), Stage(1 / 8, 2, 1 / 2), Stage(0, 2, 1 / 4))
STAGES: Final[dict[Prefer, tuple[Stage, ...]]] = {
    "smooth": (
        Stage(1, 0), Stage(1, 1), Stage(1, 1, 3 / 4), Stage(1, 2), Stage(1, 2, 3 / 4), Stage(1, 2, 1 / 2),
        Stage(3 / 4, 2, 1 / 2), *_LAST,
    ),
    "sharp": (
        Stage(1, 0), Stage(3 / 4, 0), Stage(2 / 3, 0), Stage(1 / 2, 0), Stage(1 / 3, 0), Stage(1 / 4, 0),
        Stage(1 / 3, 1), Stage(1 / 4, 1), Stage(1 / 4, 2, 3 / 4), *_LAST,
    ),
    "large": (
        Stage(1, 0), Stage(3 / 4, 0), Stage(2 / 3, 0), Stage(2 / 3, 1), Stage(1 / 2, 1), Stage(1 / 2, 2),
        Stage(1 / 3, 2), Stage(1 / 4, 2), Stage(1 / 8, 2), *_LAST,
    ),
}  # fmt: skip
"""In order, for what is to be kept longest."""

WHOLE: Final = Stage(1, 0)
"""All frames and pixels at a good quality: where that fits, nothing else is tried."""
_SIDES: Final = (1, 3 / 4, 1 / 2)
_FRAMES: Final = (1, 3 / 4, 2 / 3, 1 / 2, 1 / 3, 1 / 4)
WAYS: Final = (
    *(Stage(frames, sides=sides) for sides in _SIDES for frames in _FRAMES),
    Stage(1 / 8, sides=1 / 2), Stage(0, sides=1 / 4),
)  # fmt: skip
"""Those among which the most alike is chosen where nobody has said what to keep."""
