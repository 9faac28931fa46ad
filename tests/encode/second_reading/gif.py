"""GIF, block by block (GIF89a specification, appendix A)."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height, delays in ms, and how often the file plays."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    delays, plays, images = [], 1, 0
    for label, body in _blocks(data, 13 + _table(flags)):
        if label == 0xF9:
            delays.append(10 * int.from_bytes(body[1:3], "little"))
        elif label == 0xFF and body.startswith(b"NETSCAPE2.0\x01"):
            repeats = int.from_bytes(body[12:14], "little")
            plays = repeats + 1 if repeats else 0
        elif label == 0x2C:
            x, y, wide, high = struct.unpack_from("<HHHH", body)
            assert x + wide <= width
            assert y + high <= height
            images += 1
    assert images == len(delays)
    return width, height, delays, plays


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield each extension by its label, and each image by 0x2C with its descriptor; end with the trailer."""
    while data[at] != 0x3B:
        if data[at] == 0x21:
            body, end = _sub_blocks(data, at + 2)
            yield data[at + 1], body
        else:
            assert data[at] == 0x2C
            head = at + 11 + _table(data[at + 9])
            yield 0x2C, data[at + 1 : at + 10]
            _, end = _sub_blocks(data, head)
        at = end
    assert at == len(data) - 1


def _sub_blocks(data: bytes, at: int) -> tuple[bytes, int]:
    parts = []
    while size := data[at]:
        parts.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return b"".join(parts), at + 1
