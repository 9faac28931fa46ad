"""PNG and APNG, chunk by chunk (PNG specification, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height, delays in ms, and how often the file plays."""
    chunks = list(_chunks(data))
    assert chunks[-1] == (b"IEND", b"")
    width, height = struct.unpack_from(">II", chunks[0][1])
    count, plays = next((struct.unpack(">II", body) for name, body in chunks if name == b"acTL"), (1, 0))
    delays = [_delay(body) for name, body in chunks if name == b"fcTL"]
    numbers = [int.from_bytes(body[:4], "big") for name, body in chunks if name in (b"fcTL", b"fdAT")]
    assert numbers == list(range(len(numbers)))
    assert len(delays or [0]) == count
    return width, height, delays or [0], plays


def _delay(control: bytes) -> int:
    over, under = struct.unpack_from(">HH", control, 20)
    return round(1000 * int(over) / int(under or 100))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        assert int.from_bytes(data[at + 8 + size : at + 12 + size], "big") == zlib.crc32(name + body)
        yield name, body
        at += 12 + size
