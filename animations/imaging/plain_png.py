"""Check a stranger's small PNG without decoding it, and keep of it what its pixels need. Only the standard library.

The web process may not import a decoder; what passes here can be decoded without surprise: its size is what its
header says, its data inflate to exactly that, and no chunk is left that says anything else.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Final

from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks

CHANNELS: Final = {0: 1, 2: 3, 4: 2, 6: 4}
"""By colour type: grey, RGB, grey with alpha, RGBA. Palettes are not taken."""
FILTERS: Final = 5
PIECE: Final = 65_536
"""Bytes that are inflated at once: a small file may hold hundreds of megabytes."""


class UnreadablePng(ValueError):
    """This is no plain PNG; the message says why, to end a sentence with."""


def plain_png(data: bytes, max_side: int) -> bytes:
    """Return a PNG of 8 bits a channel with nothing in it but its pixels. Raises `UnreadablePng` for anything else.

    No side may be longer than `max_side` px.
    """
    if not data.startswith(SIGNATURE):
        raise UnreadablePng("it is no PNG")
    chunks = list(read_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise UnreadablePng("it has no header")
    header = chunks[0][1]
    pixels = b"".join(body for name, body in chunks if name == b"IDAT")
    _check_pixels(pixels, _row_bytes(header, max_side), struct.unpack_from(">I", header, 4)[0])
    return SIGNATURE + b"".join(
        pack_chunk(*chunk) for chunk in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    )


def _row_bytes(header: bytes, max_side: int) -> int:
    """Return the bytes of one row with its filter. Raises `UnreadablePng`."""
    width, height, depth, colour, compression, filtering, interlacing = map(int, struct.unpack(">IIBBBBB", header))
    if not (0 < width <= max_side and 0 < height <= max_side):
        raise UnreadablePng(f"its sides must be 1 to {max_side} px")
    if depth != 8 or colour not in CHANNELS or compression or filtering or interlacing:
        raise UnreadablePng("it must be grey or RGB, 8 bits a channel, without interlacing")
    return 1 + width * CHANNELS[colour]


def _check_pixels(data: bytes, row: int, height: int) -> None:
    """Inflate the pixels piece by piece, keep none, and see that there are as many as there should be."""
    at = 0
    for piece in _inflate(data):
        if at + len(piece) > row * height or max(piece[-at % row :: row], default=0) >= FILTERS:
            raise UnreadablePng("it is damaged")
        at += len(piece)
    if at != row * height:
        raise UnreadablePng("it is cut short")


def _inflate(data: bytes) -> Iterable[bytes]:
    inflater = zlib.decompressobj()
    try:
        while data and not inflater.eof:
            yield inflater.decompress(data, PIECE)
            data = inflater.unconsumed_tail
    except zlib.error:
        raise UnreadablePng("it is damaged") from None
