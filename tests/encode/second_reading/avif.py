"""AVIF, box by box (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"meta", b"iprp", b"ipco")


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height and delays in ms, of its pictures alone: the alpha is a track of its own."""
    boxes = list(_boxes(data, 0, len(data)))
    sizes = [struct.unpack_from(">II", body, 4) for name, body in boxes if name == b"ispe"]
    if not any(name == b"moov" for name, _ in boxes):
        return *sizes[0], [0], None
    handlers = [body[8:12] for name, body in boxes if name == b"hdlr"]
    assert handlers[-2:] == [b"pict", b"auxv"]
    (scale, *_), *_ = [
        struct.unpack_from(">I", body, 20 if body[0] else 12) for name, body in boxes if name == b"mdhd"
    ]
    times = next(body for name, body in boxes if name == b"stts")
    delays = [
        round(1000 * delta / scale)
        for place in range(int.from_bytes(times[4:8], "big"))
        for count, delta in [struct.unpack_from(">II", times, 8 + 8 * place)]
        for _ in range(count)
    ]
    return *sizes[0], delays, None


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at < end:
        size, name = struct.unpack_from(">I4s", data, at)
        assert 8 <= size <= end - at
        start = at + 8 + (4 if name == b"meta" else 0)
        yield name, data[start : at + size]
        if name in PARENTS:
            yield from _boxes(data, start, at + size)
        at += size
