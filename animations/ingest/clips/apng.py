"""The steps of an animated PNG, by its chunks: <https://www.w3.org/TR/png-3/#11AnimationChunks>."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks
from animations.ingest.clips.compositor import Patch, Patches, stay_ms
from animations.ingest.png_profile import COLOUR_CHUNKS, profile_of

FRAME: Final = struct.Struct(">IIIIIHHBB")
"""fcTL: number, width, height, left, top, delay's numerator and denominator, what after, how blended."""
AFTER: Final[dict[int, Literal["keep", "clear", "restore"]]] = {1: "clear", 2: "restore"}


@dataclass(slots=True)
class _Reading:
    """What has been read so far: the chunks that every still needs, and the frame under way."""

    header: bytes = b""
    shared: bytes = b""
    colour: dict[bytes, bytes] = field(default_factory=dict)
    exif: bytes = b""
    control: bytes = b""
    pixels: list[bytes] = field(default_factory=list)


def read(data: bytes) -> Patches:
    """Every frame whose chunks are all there. Raises `struct.error` for a file without a header.

    A picture that stands before the frames and is none of them is for programs that cannot show the others.
    """
    width, height = struct.unpack_from(">II", data, 16)
    reading = _Reading()
    steps = list(_steps(data, reading))
    return Patches(width, height, steps, profile_of(reading.colour), reading.exif)


def _steps(data: bytes, reading: _Reading) -> Iterator[Patch]:
    for name, body in read_chunks(data):
        if name in (b"fcTL", b"IEND"):  # only now is it certain that the frame before has all its pixels
            yield from _finished(reading)
            reading.control, reading.pixels = body, []
        else:
            _take(reading, name, body)


def _take(reading: _Reading, name: bytes, body: bytes) -> None:
    if name == b"IHDR":
        reading.header = body
    elif name in (b"IDAT", b"fdAT"):
        if reading.control:
            reading.pixels.append(body if name == b"IDAT" else body[4:])
    elif name in (b"PLTE", b"tRNS"):
        reading.shared += pack_chunk(name, body)
    elif name == b"eXIf":
        reading.exif = body
    elif name in COLOUR_CHUNKS and not reading.control:
        reading.colour[name] = body


def _finished(reading: _Reading) -> Iterator[Patch]:
    """The frame under way, if there is one: a PNG of its own, with the file's header but its own size."""
    if not reading.pixels or len(reading.control) != FRAME.size:
        return
    _, width, height, left, top, over, under, after, blend = FRAME.unpack(reading.control)
    header = pack_chunk(b"IHDR", struct.pack(">II", width, height) + reading.header[8:])
    pixels = pack_chunk(b"IDAT", b"".join(reading.pixels))
    still = SIGNATURE + header + reading.shared + pixels + pack_chunk(b"IEND", b"")
    delay_ms = stay_ms(1000 * over / (under or 100))
    yield Patch(still, left, top, width, height, delay_ms, blend == 1, AFTER.get(after, "keep"))
