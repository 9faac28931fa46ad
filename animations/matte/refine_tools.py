"""The tools that mend a matte, as data: the options of each and their bounds. No NumPy here, for the web process."""

from __future__ import annotations

from typing import Final, TypedDict

MATTE: Final = "matte"
"""Makes the matte anew with `engine`."""
POINTS: Final = "points"
"""Adds what is tapped to the subject (label 1) or takes it away (0); a box says where the subject is."""
BRUSH: Final = "brush"
"""Keeps or erases what a stroke covers, up to the picture's own edge beside it."""
WHITE: Final = "white"
"""Keys a plain white background, with a tolerance of one's own choice."""
POCKET: Final = "pocket"
"""Opens the background of one colour that the subject encloses at (`x`, `y`), or fills the hole that is there."""
EDGE: Final = "edge"
"""Moves the edge in or out, softens it, and takes the background's colour out of it, or leaves it in."""
EFFECTS: Final = "effects"
"""Brings back small parts that a matte has dropped: the one at (`x`, `y`), or all."""

REDRAW: Final = "redraw"
"""No tool: frames are drawn again of a matte that is there."""
PROPAGATE: Final = "propagate"
"""No tool: the correction of one frame of a clip is carried to the others."""

OPTIONS: Final = {
    POINTS: ("points", "box"),
    BRUSH: ("mask", "mode"),
    WHITE: ("tolerance",),
    POCKET: ("x", "y", "mode"),
    EDGE: ("shift", "feather", "decontaminate"),
    EFFECTS: ("x", "y"),
    MATTE: ("engine",),
}
"""The options of each tool, by their names in a request."""
REQUIRED: Final = {BRUSH: ("mask", "mode"), POCKET: ("x", "y"), MATTE: ("engine",)}
TOOLS: Final = tuple(OPTIONS)
REMATTES: Final = (MATTE, WHITE)
"""These begin anew with the picture; all others go on from the matte that is there."""
LEAST_SURE: Final = 0.5
"""Confidence from which a frame that a correction was carried to is ticked: of these, 99 of 100 are mended well."""
LOCAL: Final = (POINTS, BRUSH, POCKET, EFFECTS)
"""These change a matte at a place, and what they have changed can be carried to other frames."""
NO_TOOL: Final = "There is no tool “{input}”. There are " + ", ".join(f"“{tool}”" for tool in TOOLS) + "."

KEEP: Final = "keep"
ERASE: Final = "erase"
OPEN: Final = "open"
FILL: Final = "fill"
MODES: Final = {BRUSH: (KEEP, ERASE), POCKET: (OPEN, FILL)}
"""What `mode` may be. Of a pocket, the first where none is sent."""

MAX_POINTS: Final = 32
MAX_SHIFT: Final = 20.0
"""px, inwards (below 0) or outwards."""
MAX_FEATHER: Final = 20.0
"""px over which an edge is made to fade."""
MAX_MASK_SIDE: Final = 2048
"""px, as of pictures."""
MAX_MASK_BYTES: Final = 512_000
"""Of a stroke's PNG: a hundred times what a stroke takes."""


class Region(TypedDict):
    """A small part of the source: its box and a pixel well inside it, in px; `share` of the source's pixels."""

    x: int
    y: int
    width: int
    height: int
    point: list[int]
    share: float


class Pocket(Region):
    """A region of the background's colour inside a keyed matte, that may be a hole."""


class Spark(Region):
    """A small part that a matte has dropped, and that may belong to the subject."""
