"""A PNG (H×W×4 straight RGBA, uint8) written and read some rows at a time, for one too large to be held at once."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO, Final

import numpy as np

from animations.imaging.arrays import Frame
from animations.imaging.png_chunks import SIGNATURE, pack_chunk

LEVEL: Final = 3
_LEFT: Final = 1  # the filter that takes away the pixel to the left


class PngRows:
    """A PNG of `width` × `height` px that grows in `file`. Write its rows from above, then call `close`."""

    def __init__(self, file: IO[bytes], width: int, height: int) -> None:
        self._file = file
        self._deflate = zlib.compressobj(LEVEL, strategy=zlib.Z_RLE)  # as `png.write`
        file.write(_head(width, height))

    def write(self, rows: Frame) -> None:
        """Add `rows` (n×W×4)."""
        for row in rows:
            apart = row.copy()
            apart[1:] -= row[:-1]
            self._add(self._deflate.compress(bytes([_LEFT]) + apart.tobytes()))

    def close(self) -> None:
        """Write what is left, and the end."""
        self._add(self._deflate.flush())
        self._file.write(pack_chunk(b"IEND", b""))

    def _add(self, packed: bytes) -> None:
        if packed:
            self._file.write(pack_chunk(b"IDAT", packed))


def read_rows(file: IO[bytes]) -> Iterator[Frame]:
    """Yield the rows (W×4) of such a PNG one by one. Raises `ValueError` for one that was written otherwise."""
    inflate, lines, size = zlib.decompressobj(), bytearray(), 0
    file.read(len(SIGNATURE))
    while head := file.read(8):
        length, name = struct.unpack(">I4s", head)
        body = file.read(length + 4)[:length]
        if name == b"IHDR":
            size = 1 + 4 * int.from_bytes(body[:4], "big")
        elif name == b"IDAT":
            lines += inflate.decompress(body)
        while size and len(lines) >= size:
            yield _unfiltered(lines[:size])
            del lines[:size]


def _unfiltered(line: bytearray) -> Frame:
    if line[0] != _LEFT:
        raise ValueError("a row is filtered in another way")
    apart = np.frombuffer(line, np.uint8, offset=1).reshape(-1, 4)
    return np.cumsum(apart, axis=0, dtype=np.uint8)


def _head(width: int, height: int) -> bytes:
    return SIGNATURE + pack_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
