"""Take files apart into their named parts, and put them together again with lengths and checksums that are right.

What is damaged in a part then gets past the checks of the container, to whoever reads the part.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks


@dataclass
class Part:
    """A chunk, box, segment, block or element; one without a name is plain bytes."""

    name: bytes
    body: bytes


@dataclass(frozen=True)
class Container:
    """How a kind of file is made of parts after its `head`; those in `holders` have parts after so many bytes."""

    begins: re.Pattern[bytes]
    split: Callable[[bytes], Iterator[Part]]
    join: Callable[[Part], bytes]
    head: int = 0
    holders: Mapping[bytes, int] = field(default_factory=dict)


def container_of(data: bytes) -> Container | None:
    return next((container for container in CONTAINERS if container.begins.match(data)), None)


def _png_chunks(data: bytes) -> Iterator[Part]:
    for name, body in read_chunks(SIGNATURE + data):
        yield Part(name, body)


def _riff_chunks(data: bytes) -> Iterator[Part]:
    at = 0
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        yield Part(data[at : at + 4], data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2


def _join_riff(part: Part) -> bytes:
    return part.name + struct.pack("<I", len(part.body)) + part.body + bytes(len(part.body) % 2)


def _boxes(data: bytes) -> Iterator[Part]:
    at = 0
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        length = length if length >= 8 else len(data) - at
        yield Part(data[at + 4 : at + 8], data[at + 8 : at + length])
        at += length


def _join_box(part: Part) -> bytes:
    return struct.pack(">I", len(part.body) + 8) + part.name + part.body


SCAN_DATA: Final = re.compile(rb"(?:[^\xff]|\xff[\0\xd0-\xd7])*", re.DOTALL)


def _jpeg_segments(data: bytes) -> Iterator[Part]:
    at = 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at + 2 : at + 4])
        yield Part(data[at : at + 2], data[at + 4 : at + 2 + length])
        scan = SCAN_DATA.match(data, at + 2 + length)
        yield Part(b"", scan.group() if scan else b"")
        at += 2 + length + (len(scan.group()) if scan else 0)
    yield Part(b"", data[at:])


def _join_segment(part: Part) -> bytes:
    return part.name + struct.pack(">H", min(65535, len(part.body) + 2)) + part.body if part.name else part.body


GIF_BLOCK: Final = re.compile(rb"(?:\x21.|\x2c.{8}[\0-\x7f].)", re.DOTALL)


def _gif_blocks(data: bytes) -> Iterator[Part]:
    """Yield the screen with its colours, then each block of an extension or a picture."""
    at = 7 + (3 << (data[4] & 7) + 1 if data[4] & 0x80 else 0)
    yield Part(b"", data[:at])
    while block := GIF_BLOCK.match(data, at):
        end = block.end()
        while end < len(data) and data[end]:
            end += 1 + data[end]
        yield Part(b"", data[at : end + 1])
        at = end + 1
    yield Part(b"", data[at:])


def _elements(data: bytes) -> Iterator[Part]:
    """Yield the elements of a Matroska file."""
    at = 0
    while at < len(data) and data[at]:
        start = at + 9 - data[at].bit_length()
        if start >= len(data) or not data[start]:
            return
        width = 9 - data[start].bit_length()
        length = int.from_bytes(data[start : start + width]) & (1 << 7 * width) - 1
        yield Part(data[at:start], data[start + width : start + width + length])
        at = start + width + length


def _join_element(part: Part) -> bytes:
    return part.name + struct.pack(">Q", 1 << 56 | len(part.body)) + part.body


MATROSKA_HOLDERS: Final = ("18538067", "1654ae6b", "ae", "e0", "1f43b675", "a0", "75a1", "1549a966", "1a45dfa3")
BOX_HOLDERS: Final = {
    **dict.fromkeys((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"iprp", b"ipco", b"udta"), 0),
    **{b"meta": 4, b"iinf": 6, b"stsd": 8, b"avc1": 78, b"hvc1": 78, b"av01": 78},
}
CONTAINERS: Final = (
    Container(re.compile(rb"\x89PNG"), _png_chunks, lambda part: pack_chunk(part.name, part.body), len(SIGNATURE)),
    Container(re.compile(rb"RIFF"), _riff_chunks, _join_riff, 0, {b"RIFF": 4, b"ANMF": 16}),
    Container(re.compile(rb".{4}ftyp", re.DOTALL), _boxes, _join_box, 0, BOX_HOLDERS),
    Container(re.compile(rb"\xff\xd8\xff"), _jpeg_segments, _join_segment, 2),
    Container(re.compile(rb"GIF8.{10}", re.DOTALL), _gif_blocks, lambda part: part.body, 6),
    Container(
        re.compile(rb"\x1a\x45\xdf\xa3"), _elements, _join_element, 0, {bytes.fromhex(n): 0 for n in MATROSKA_HOLDERS}
    ),
)
