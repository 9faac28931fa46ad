"""WebM, element by element (RFC 8794 for EBML, RFC 9559 for Matroska)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

MASTERS = (0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x1F43B675, 0xA0)
"""Segment, Info, Tracks, TrackEntry, Video, Cluster, BlockGroup: what they hold is read, not they."""
SCALE, DURATION, TRACK_TYPE, CODEC, WIDTH, HEIGHT, ALPHA = 0x2AD7B1, 0x4489, 0x83, 0x86, 0xB0, 0xBA, 0x53C0
CLUSTER_TIME, SIMPLE_BLOCK, BLOCK, BLOCK_ADDITIONS = 0xE7, 0xA3, 0xA1, 0x75A1


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height and delays in ms of a file with one VP9 track with alpha, and nothing else."""
    found = list(_elements(data, 0, len(data)))
    one = dict(found)
    assert [body for number, body in found if number == TRACK_TYPE] == [b"\1"]
    assert one[CODEC] == b"V_VP9"
    assert one[ALPHA] == b"\1"
    assert int.from_bytes(one[SCALE], "big") == 1_000_000
    starts = list(_starts(found))
    assert len([0 for number, _ in found if number == BLOCK_ADDITIONS]) == len(starts)
    (end,) = struct.unpack(">d" if len(one[DURATION]) == 8 else ">f", one[DURATION])
    delays = [after - before for before, after in pairwise([*starts, round(end)])]
    return int.from_bytes(one[WIDTH], "big"), int.from_bytes(one[HEIGHT], "big"), delays, None


def _starts(found: list[tuple[int, bytes]]) -> Iterator[int]:
    base = 0
    for number, body in found:
        if number == CLUSTER_TIME:
            base = int.from_bytes(body, "big")
        elif number in (SIMPLE_BLOCK, BLOCK):
            yield base + int.from_bytes(body[1:3], "big", signed=True)


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    while at < end:
        number, at = _number(data, at, keep_marker=True)
        size, at = _number(data, at, keep_marker=False)
        stop = min(at + size, end)
        if number in MASTERS:
            yield from _elements(data, at, stop)
        else:
            yield number, data[at:stop]
        at = stop


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """Read a number of variable length; one of all ones, a size that is not known, is larger than any file."""
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    return value if keep_marker else value & ((1 << 7 * length) - 1), at + length
