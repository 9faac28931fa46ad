"""The finish of an emoji as data: where on the canvas its loop stands, and the layers round it. No pixels here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

LIMITS: Final = {
    "zoom": (0.25, 4.0),
    "x": (-1.0, 1.0),
    "y": (-1.0, 1.0),
    "ground": (0.0, 1.0),
    "width": (0.005, 0.12),
    "opacity": (0.05, 1.0),
    "blur": (0.0, 0.1),
    "distance": (0.0, 0.1),
    "arc": (-1.0, 1.0),
}
"""The least and the most of each number; serializers and pages take them from here."""
FITS: Final = ("contain", "cover")
PLACES: Final = ("top", "bottom")
COLOUR: Final = r"\A#[0-9a-fA-F]{6}\Z"
TEXT_LENGTH: Final = 24


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of the loop on the canvas. Lengths are shares of the canvas.

    `contain` shows all of the loop and makes room for the layers, `cover` covers the canvas. `zoom` enlarges, `x` and
    `y` move to the right and down, `flip` mirrors. With `ground` the lowest point of the loop stands so far below the
    top, whatever `y` is.
    """

    fit: str = "contain"
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    flip: bool = False
    ground: float | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of one colour (`#rrggbb`) round what shows; its width is a share of the canvas's longer side."""

    width: float = 0.03
    colour: str = "#ffffff"


@dataclass(frozen=True, slots=True)
class Shadow:
    """A soft shadow that falls straight down; lengths are shares of the canvas's longer side."""

    colour: str = "#000000"
    opacity: float = 0.4
    blur: float = 0.02
    distance: float = 0.03


@dataclass(frozen=True, slots=True)
class Caption:
    """One line of text, on top or at the bottom. A positive `arc` bends it up in the middle, a negative one down."""

    text: str
    colour: str = "#ffffff"
    stroke: str | None = "#000000"
    arc: float = 0.0
    place: str = "bottom"


@dataclass(frozen=True, slots=True)
class Finish:
    """The placement, outline, shadow and caption of every frame in a file."""

    placement: Placement = field(default_factory=Placement)
    outline: Outline | None = None
    shadow: Shadow | None = None
    caption: Caption | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finish as plain JSON, without what is as by default; `read_finish` is the way back."""
        plain = Finish()
        return {name: value for name, value in asdict(self).items() if value != asdict(plain)[name]}


def read_finish(data: Mapping[str, Any]) -> Finish:
    """Read the finish in `data`, whose fields were validated; what is left out is as by default."""
    kinds = {"placement": Placement, "outline": Outline, "shadow": Shadow, "caption": Caption}
    return Finish(**{name: kinds[name](**value) for name, value in data.items() if value is not None})
