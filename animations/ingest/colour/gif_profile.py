"""Read the colour profile of a GIF, which few have and Pillow leaves out: <https://www.color.org/icc1V42.pdf>, B.6.

Only the standard library: this runs in the decoding child (`animations.ingest.decode`).
"""

from __future__ import annotations

from typing import Final

BLOCK_START: Final = b"\x21\xff\x0bICCRGBG1012"
"""Of the block that an application adds."""


def read_profile(data: bytes) -> bytes | None:
    """Return the ICC profile in the blocks of the GIF `data`; None if there is none, or it is cut."""
    start = data.find(BLOCK_START)
    if start < 0:
        return None
    parts, at = [], start + len(BLOCK_START)
    while at < len(data) and (length := data[at]):
        parts.append(data[at + 1 : at + 1 + length])
        at += length + 1
    return b"".join(parts) if at < len(data) else None
