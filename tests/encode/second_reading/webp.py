"""WebP, chunk by chunk (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height, delays in ms, and how often the file plays."""
    assert data[8:12] == b"WEBP"
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    chunks = list(_chunks(data))
    extended = next(body for name, body in chunks if name == b"VP8X")
    width, height = (int.from_bytes(extended[at : at + 3], "little") + 1 for at in (4, 7))
    delays = [int.from_bytes(body[12:15], "little") for name, body in chunks if name == b"ANMF"]
    plays = next((int.from_bytes(body[4:6], "little") for name, body in chunks if name == b"ANIM"), 0)
    return width, height, delays or [0], plays


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
