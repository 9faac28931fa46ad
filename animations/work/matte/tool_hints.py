"""Read what a refine tool needs beside its options: the stored stroke, and the regions found in a matte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from animations import storage
from animations.imaging import png
from animations.matte.layers import CannotRefine
from animations.matte.tools.apply import Hints
from animations.models import Matte

UNREADABLE: Final = "The stroke could not be read. Paint it again."


def read_hints(options: Mapping[str, Any], matte: Matte | None = None) -> Hints:
    """Return the hints for a tool; of regions there are none without a matte of the source. Raises `CannotRefine`."""
    pockets, sparks = (matte.pockets, matte.sparks) if matte else ([], [])
    if "mask" not in options:
        return Hints(pockets=pockets, sparks=sparks)
    try:
        return Hints(png.read(storage.read(options["mask"])), pockets, sparks)
    except ValueError:
        raise CannotRefine(UNREADABLE) from None
