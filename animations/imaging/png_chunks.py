"""Chunks of a PNG: <https://www.w3.org/TR/png-3/>. Only the standard library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and body of each chunk of a file, as far as they are whole."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def pack_chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk as it stands in a file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
