"""Read the boxes of HEIC, AVIF, MP4 and MOV (ISO/IEC 14496-12) for what Pillow and FFmpeg do not tell of them.

Only the standard library: this runs in the decoding child. What is cut or odd is read as far as it goes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_BOX_BYTES: Final = 8_000_000
"""Of a box that is looked into: those that hold pixels are larger, and never are."""
MAX_BOXES: Final = 1000
MAX_TIMES: Final = 10_000
SAMPLE_HEAD: Final = 86
"""Bytes of a video's sample entry before its own boxes, with the 8 of its name and length."""


@dataclass(frozen=True, slots=True)
class ColourCode:
    """The code points of H.273 for primaries and transfer, and whether the range is full."""

    primaries: int
    transfer: int
    full_range: bool


def read_boxes(path: Path) -> dict[bytes, bytes]:
    """Read a file's outermost boxes: the bodies of `ftyp`, `meta` and `moov`, of others only that they are there."""
    found: dict[bytes, bytes] = {}
    with path.open("rb") as file:
        size = path.stat().st_size
        at = 0
        while at + 8 <= size and len(found) < MAX_BOXES:
            file.seek(at)
            name, head, end = _box_header(file.read(16), at, size)
            if end < at + 8:
                break
            is_read = name in (b"ftyp", b"meta", b"moov") and end - at <= MAX_BOX_BYTES
            file.seek(at + head)
            found.setdefault(name, file.read(end - at - head) if is_read else b"")
            at = end
    return found


def brands(ftyp: bytes) -> tuple[bytes, ...]:
    """Return the major brand, and then those that the file is compatible with."""
    return (ftyp[:4], *(ftyp[at : at + 4] for at in range(8, len(ftyp) - 3, 4)))


def item_types(meta: bytes) -> set[bytes]:
    """Return the codings of a `meta` box's items, as in `hvc1`, `av01` and `Exif`."""
    entries = _find(meta[4:], b"iinf")
    if len(entries) < 6:
        return set()
    start = 6 if entries[0] == 0 else 8
    infos = [body for name, body in _boxes(entries[start:]) if name == b"infe" and body[0] >= 2]
    return {body[8:12] if body[0] == 2 else body[10:14] for body in infos}


def item_colour(meta: bytes) -> ColourCode | None:
    """Return the colour numbers of a `meta` box's primary item."""
    inner = meta[4:]
    properties = _find(inner, b"iprp")
    listed = list(_boxes(_find(properties, b"ipco")))
    primary = _number(_find(inner, b"pitm")[4:])
    for index in _property_numbers(_find(properties, b"ipma"), primary):
        if 0 < index <= len(listed) and (code := _colour_code(*listed[index - 1])):
            return code
    return None


def track_colour(moov: bytes) -> ColourCode | None:
    """Return the colour numbers of the first track of pictures."""
    entries = _find(_picture_track(moov), b"minf", b"stbl", b"stsd")
    return next(filter(None, (_colour_code(*box) for box in _boxes(entries[8 + SAMPLE_HEAD :]))), None)


def track_durations_ms(moov: bytes) -> list[float]:
    """Return how long (ms) each picture of the first track of pictures is shown."""
    track = _picture_track(moov)
    clock, table = _find(track, b"mdhd"), _find(track, b"minf", b"stbl", b"stts")
    unit = _number(clock[20:24] if clock[:1] == b"\1" else clock[12:16]) or 1000
    durations: list[float] = []
    for at in range(8, len(table) - 7, 8):
        count, length = struct.unpack_from(">II", table, at)
        durations += [1000 * length / unit] * min(count, MAX_TIMES - len(durations))
    return durations


def is_plain_sequence(moov: bytes) -> bool:
    """Return whether there are pictures that follow each other, without alpha in a track of its own."""
    return b"auxv" not in map(_handler, _tracks(moov)) and len(track_durations_ms(moov)) > 1


def has_video(moov: bytes) -> bool:
    """Return whether there is a track that is meant to be played, and not only looked at."""
    return any(_handler(track) == b"vide" for track in _tracks(moov))


def _picture_track(moov: bytes) -> bytes:
    return next((track for track in _tracks(moov) if _handler(track) in (b"pict", b"vide")), b"")


def _tracks(moov: bytes) -> Iterator[bytes]:
    return (_find(body, b"mdia") for name, body in _boxes(moov) if name == b"trak")


def _handler(media: bytes) -> bytes:
    return _find(media, b"hdlr")[8:12]


def _find(data: bytes, *names: bytes) -> bytes:
    """Return the body of the first box of this name, in it that of the next; empty if there is none."""
    for name in names:
        data = next((body for found, body in _boxes(data) if found == name), b"")
    return data


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        name, head, end = _box_header(data[at : at + 16], at, len(data))
        if end < at + head or end > len(data):
            return
        yield name, data[at + head : end]
        at = end


def _box_header(head: bytes, at: int, size: int) -> tuple[bytes, int, int]:
    """Return the name of the box that begins at `at`, how long its head is, and where it ends."""
    (length,) = struct.unpack_from(">I", head)
    if length == 1 and len(head) == 16:
        return head[4:8], 16, at + _number(head[8:])
    return head[4:8], 8, at + length if length else size


def _colour_code(name: bytes, body: bytes) -> ColourCode | None:
    if name != b"colr" or body[:4] not in (b"nclx", b"nclc") or len(body) < 10:
        return None
    primaries, transfer = struct.unpack_from(">HH", body, 4)
    return ColourCode(primaries, transfer, body[:4] != b"nclx" or len(body) < 11 or bool(body[10] & 0x80))


def _property_numbers(table: bytes, item: int) -> list[int]:
    """Return the numbers (from 1) of an item's properties, by an `ipma` box."""
    if len(table) < 8:
        return []
    id_size, index_size = (4 if table[0] else 2), (2 if table[3] & 1 else 1)
    at = 8
    for _ in range(min(_number(table[4:8]), MAX_BOXES)):
        found, count = _number(table[at : at + id_size]), _number(table[at + id_size : at + id_size + 1])
        start = at + id_size + 1
        at = start + count * index_size
        if found == item:
            mask = 0x7FFF if index_size == 2 else 0x7F
            return [_number(table[place : place + index_size]) & mask for place in range(start, at, index_size)]
    return []


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
