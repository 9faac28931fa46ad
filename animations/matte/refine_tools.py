"""The tools that mend a matte, as data: the options of each. No NumPy here, for the web process."""

from __future__ import annotations

from typing import Final, TypedDict

MATTE: Final = "matte"
"""Makes the matte anew with `engine`."""
POCKET: Final = "pocket"
"""Opens the background of one colour that the subject encloses at (`x`, `y`)."""
OPTIONS: Final = {MATTE: ("engine",), POCKET: ("x", "y")}
TOOLS: Final = tuple(OPTIONS)
NO_TOOL: Final = "There is no tool “{input}” yet. There are " + " and ".join(f"“{tool}”" for tool in TOOLS) + "."


class Pocket(TypedDict):
    """A region that may be a hole: its box and a pixel well inside it, in px of the source; `share` of its pixels."""

    x: int
    y: int
    width: int
    height: int
    point: list[int]
    share: float
