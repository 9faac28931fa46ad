"""Read the frames of an animated WebP from its chunks: <https://developers.google.com/speed/webp/docs/riff_container>."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from animations.ingest.clips.compositor import Animation, Patch
from animations.ingest.clips.delays import browser_delay_ms

HEAD: Final = 12
"""Bytes of "RIFF", the length, "WEBP"."""
ALPHA: Final = 0x10
FRAME_HEAD: Final = 16


def read(data: bytes) -> Animation:
    """Return the frames whose chunks are all there. Raises `ValueError` for a file that is not an extended WebP."""
    width = height = 0
    icc: bytes | None = None
    exif = b""
    patches: list[Patch] = []
    for name, body in _chunks(data, HEAD):
        if name == b"VP8X" and len(body) >= 10:
            width, height = _number(body, 4) + 1, _number(body, 7) + 1
        elif name == b"ICCP":
            icc = body
        elif name == b"EXIF":
            exif = body
        elif name == b"ANMF" and len(body) > FRAME_HEAD:
            patches.append(_patch(body))
    if not width:
        raise ValueError("no moving WebP")
    return Animation(width, height, patches, icc, exif)


def _patch(body: bytes) -> Patch:
    left, top = 2 * _number(body, 0), 2 * _number(body, 3)
    width, height = _number(body, 6) + 1, _number(body, 9) + 1
    flags = body[15]
    return Patch(
        _single_image(width, height, body[FRAME_HEAD:]),
        left,
        top,
        width,
        height,
        browser_delay_ms(_number(body, 12)),
        blends=not flags & 2,
        disposal="clear" if flags & 1 else "keep",
    )


def _single_image(width: int, height: int, frame: bytes) -> bytes:
    """Pack a frame's chunks (its alpha, if it has one beside it, and its picture) as a WebP of its own."""
    kept = [(name, body) for name, body in _chunks(frame, 0) if name in (b"ALPH", b"VP8 ", b"VP8L")]
    has_alpha = any(name != b"VP8 " for name, _ in kept)
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    head = _chunk(b"VP8X", bytes([ALPHA if has_alpha else 0, 0, 0, 0]) + size)
    whole = b"WEBP" + head + b"".join(_chunk(name, body) for name, body in kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > len(data):
            return
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _number(data: bytes, at: int) -> int:
    """Read 24 bits, little-endian."""
    return int.from_bytes(data[at : at + 3], "little")
