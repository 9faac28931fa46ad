"""Read the frames of an animated PNG from its chunks: <https://www.w3.org/TR/png-3/#11AnimationChunks>."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks
from animations.ingest.clips.compositor import Animation, Patch
from animations.ingest.clips.delays import browser_delay_ms
from animations.ingest.colour.png_profile import COLOUR_CHUNKS, profile_of

FRAME: Final = struct.Struct(">IIIIIHHBB")
"""fcTL: number, width, height, left, top, the delay's numerator and denominator, disposal, blending."""
DISPOSALS: Final[dict[int, Literal["keep", "clear", "restore"]]] = {1: "clear", 2: "restore"}


@dataclass(slots=True)
class _Parsed:
    """The chunks read so far that every frame needs, and those of the frame under way."""

    header: bytes = b""
    shared: bytes = b""
    colour: dict[bytes, bytes] = field(default_factory=dict)
    exif: bytes = b""
    control: bytes = b""
    pixels: list[bytes] = field(default_factory=list)


def read(data: bytes) -> Animation:
    """Return the frames whose chunks are all there. Raises `struct.error` for a file without a header.

    A picture before them that is none of them is for programs that cannot show the others, and is left out.
    """
    width, height = struct.unpack_from(">II", data, 16)
    parsed = _Parsed()
    patches = list(_patches(data, parsed))
    return Animation(width, height, patches, profile_of(parsed.colour), parsed.exif)


def _patches(data: bytes, parsed: _Parsed) -> Iterator[Patch]:
    for name, body in read_chunks(data):
        if name in (b"fcTL", b"IEND"):  # only now is it certain that the frame before has all its pixels
            yield from _finish_frame(parsed)
            parsed.control, parsed.pixels = body, []
        else:
            _add_chunk(parsed, name, body)


def _add_chunk(parsed: _Parsed, name: bytes, body: bytes) -> None:
    if name == b"IHDR":
        parsed.header = body
    elif name in (b"IDAT", b"fdAT"):
        if parsed.control:
            parsed.pixels.append(body if name == b"IDAT" else body[4:])
    elif name in (b"PLTE", b"tRNS"):
        parsed.shared += pack_chunk(name, body)
    elif name == b"eXIf":
        parsed.exif = body
    elif name in COLOUR_CHUNKS and not parsed.control:
        parsed.colour[name] = body


def _finish_frame(parsed: _Parsed) -> Iterator[Patch]:
    """Yield the frame under way, if there is one, as a PNG with the file's header but its own size."""
    if not parsed.pixels or len(parsed.control) != FRAME.size:
        return
    _, width, height, left, top, numerator, denominator, disposal, blend = FRAME.unpack(parsed.control)
    header = pack_chunk(b"IHDR", struct.pack(">II", width, height) + parsed.header[8:])
    pixels = pack_chunk(b"IDAT", b"".join(parsed.pixels))
    still = SIGNATURE + header + parsed.shared + pixels + pack_chunk(b"IEND", b"")
    delay_ms = browser_delay_ms(1000 * numerator / (denominator or 100))
    yield Patch(still, left, top, width, height, delay_ms, blend == 1, DISPOSALS.get(disposal, "keep"))
